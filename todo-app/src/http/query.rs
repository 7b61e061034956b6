//! What a list request's query string says. Unknown parameters are passed over: the page sends some of its own.

use crate::board::{Invalid, Order, Page, Status, TodoQuery};

/// The pairs of a query string.
#[derive(Debug, Clone, Default)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads a query string; no text is a wrong one.
    pub fn read(query: Option<&str>) -> Self {
        Self(form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect())
    }

    /// The first value with this name that is not empty: the page leaves the fields of its search empty.
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, value)| found == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The page asked for; a number that is none counts as absent.
    pub fn page(&self) -> Page {
        let number = |name| self.get(name).and_then(|text| text.trim().parse().ok());
        Page::clamped(number("current"), number("pageSize"))
    }

    /// Filter, order and page.
    pub fn todos(&self) -> Result<TodoQuery, Invalid> {
        let text = |name: &str| self.get(name).map(str::to_owned);
        let statuses = self.0.iter().filter(|(name, _)| name == "status").flat_map(|(_, value)| value.split(','));
        Ok(TodoQuery {
            page: self.page(),
            name: text("name"),
            desc: text("desc"),
            keyword: text("keyword"),
            statuses: statuses
                .map(str::trim)
                .filter(|value| !value.is_empty())
                .map(Status::from_digit)
                .collect::<Result<_, _>>()?,
            order: self.get("sorter").map(Order::from_sorter).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_pages_send_is_understood() {
        let query = "current=2&pageSize=20&sorter=updatedAt_undefined&name=50%25&desc=&status=0,2&status=3\
                     &updatedAt=2026-01-05%2008:00:00&_timestamp=1767600000000";
        let query = Pairs::read(Some(query)).todos().unwrap();
        assert_eq!(query.page, Page { current: 2, size: 20 });
        assert_eq!((query.name.as_deref(), query.desc, query.keyword), (Some("50%"), None, None));
        assert_eq!(query.statuses, [Status::Closed, Status::Completed, Status::Paused]);
        assert_eq!(query.order, Order::default());
    }

    #[test]
    fn odd_numbers_become_a_page() {
        let page = |text| Pairs::read(Some(text)).page();
        assert_eq!(page("current=x&pageSize=-5"), Page { current: 1, size: 10 });
        assert_eq!(page("current=0&pageSize=0"), Page { current: 1, size: 1 });
        assert_eq!(page("pageSize=99999"), Page { current: 1, size: 100 });
        assert_eq!(page("current=99999999999999999999"), Page { current: 1, size: 10 });
        assert_eq!(page("%ff=%zz&&==&"), Page { current: 1, size: 10 });
    }

    #[test]
    fn a_status_that_is_none_is_refused() {
        assert!(Pairs::read(Some("status=7")).todos().is_err());
        assert_eq!(Pairs::read(Some("status=")).todos().unwrap().statuses, []);
    }
}
