pub mod report {
    #[cfg(feature = "reports")]
    pub mod daily_report;
    #[cfg(feature = "reports")]
    #[fx::func]
    pub async fn daily() {}
}

pub async fn only() {}
