mod hidden {
    #[fx::func("open.four")]
    pub async fn four() {}
}
