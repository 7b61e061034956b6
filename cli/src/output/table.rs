//! Plain columns, aligned by what the eye sees.

use std::fmt;

/// Rows of cells, printed with two spaces between columns.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
    indent: usize,
}

impl Table {
    /// A table whose rows begin `indent` columns to the right.
    pub fn indented(indent: usize) -> Self {
        Self { rows: Vec::new(), indent }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// Adds a row of any length.
    pub fn cells(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns)
            .map(|column| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0))
            .collect();
        for (index, row) in self.rows.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            let mut line = " ".repeat(self.indent);
            for (column, cell) in row.iter().enumerate() {
                line.push_str(cell);
                line.push_str(&" ".repeat(widths[column] + 2 - width(cell)));
            }
            formatter.write_str(line.trim_end())?;
        }
        Ok(())
    }
}

/// Columns a cell takes on a terminal: wide characters (Chinese, Japanese, Korean) take two.
fn width(cell: &str) -> usize {
    cell.chars().map(|character| if ('\u{1100}'..='\u{ffdc}').contains(&character) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn columns_line_up_and_lines_end_without_spaces() {
        let mut table = Table::indented(2);
        table.row(["GET".into(), "/".into(), "index".into()]);
        table.row(["DELETE".into(), "/用户/:id".into(), "删除".into()]);
        assert_eq!(table.to_string(), "  GET     /          index\n  DELETE  /用户/:id  删除");
    }
}
