//! What FX_LOG lets through.

use tracing::{Level, level_filters::LevelFilter};

/// A level for everything, and others for modules.
pub(super) struct Filter {
    everything: LevelFilter,
    // Longest prefix first.
    modules: Vec<(String, LevelFilter)>,
}

impl Default for Filter {
    fn default() -> Self {
        Self { everything: LevelFilter::INFO, modules: Vec::new() }
    }
}

impl Filter {
    /// `info`, `warn,my_crate=debug`. What cannot be understood is passed over: a typing error must not silence a service.
    pub(super) fn parse(text: &str) -> Self {
        let mut filter = Self::default();
        for part in text.split(',').map(str::trim) {
            match part.split_once('=') {
                Some((module, level)) => {
                    if let Ok(level) = level.trim().parse() {
                        filter.modules.push((module.trim().to_owned(), level));
                    }
                }
                None => {
                    if let Ok(level) = part.parse() {
                        filter.everything = level;
                    }
                }
            }
        }
        filter.modules.sort_by_key(|(module, _)| std::cmp::Reverse(module.len()));
        filter
    }

    pub(super) fn max(&self) -> LevelFilter {
        self.modules.iter().map(|(_, level)| *level).chain([self.everything]).max().unwrap_or(LevelFilter::OFF)
    }

    pub(super) fn allows(&self, target: &str, level: Level) -> bool {
        let within =
            |module: &str| target.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
        let own = self.modules.iter().find(|(module, _)| within(module)).map(|(_, level)| *level);
        level <= own.unwrap_or(self.everything)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_module_decides() {
        let filter = Filter::parse("warn, shop=info, shop::db=trace,hyper=off");
        assert!(filter.allows("shop::db::pool", Level::TRACE));
        assert!(filter.allows("shop", Level::INFO) && !filter.allows("shop", Level::DEBUG));
        assert!(!filter.allows("shopping", Level::INFO));
        assert!(!filter.allows("hyper::proto", Level::ERROR));
        assert_eq!(filter.max(), LevelFilter::TRACE);
    }

    #[test]
    fn nonsense_changes_nothing() {
        let filter = Filter::parse("loud,=,x=loud");
        assert!(filter.allows("x", Level::INFO) && !filter.allows("x", Level::DEBUG));
    }
}
