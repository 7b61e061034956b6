//! Ratios as bars: the median as length, lowest and highest as whiskers, the target as a line across.

use std::fmt::Write;

use crate::{
    Suite,
    program::Programs,
    results::{METRICS, Results},
    target,
};

const COLOURS: [&str; 6] = ["#7a8a99", "#2f6f9f", "#d9772b", "#e8ab6f", "#6b9e5f", "#8c6bb1"];
const LEFT: f64 = 250.0;
const WIDTH: f64 = 560.0;
const BAR: f64 = 13.0;
/// Longer bars are cut and say so.
const MOST: f64 = 1.5;

/// The picture, an SVG document.
pub fn render(suite: Suite, programs: &Programs, results: &Results) -> String {
    let Some((base, others)) = programs.0.split_first() else { return String::new() };
    let mut body = String::new();
    let mut y = 64.0;
    let x = |ratio: f64| LEFT + ratio.min(MOST) / MOST * WIDTH;
    for &(metric, title, _) in METRICS {
        let bars: Vec<_> = others
            .iter()
            .enumerate()
            .filter_map(|(at, program)| Some((at, program, results.ratio(&program.name, &base.name, metric)?)))
            .collect();
        if bars.is_empty() || metric == "threads" {
            continue;
        }
        let middle = y + bars.len() as f64 * BAR / 2.0 + 4.0;
        let _ = writeln!(body, r#"<text x="{}" y="{middle:.1}" text-anchor="end">{title}</text>"#, LEFT - 10.0);
        for (at, program, ratio) in bars {
            let (from, to, centre) = (x(ratio.min), x(ratio.max), y + BAR / 2.0 - 1.0);
            let colour = COLOURS[at % COLOURS.len()];
            let _ = writeln!(
                body,
                r#"<rect x="{LEFT}" y="{y:.1}" width="{:.1}" height="{:.1}" fill="{colour}"/>"#,
                x(ratio.median) - LEFT,
                BAR - 2.0
            );
            let _ = writeln!(
                body,
                r##"<path d="M{from:.1} {centre:.1}H{to:.1}" stroke="#222" stroke-width="1.5"/><text x="{:.1}" y="{:.1}" font-size="10">{:.2}</text>"##,
                to.max(x(ratio.median)) + 5.0,
                y + BAR - 4.0,
                ratio.median
            );
            let aims = target::of(suite, &program.name);
            let aim = aims.iter().find(|aim| aim.metric == metric && aim.of == Some(base.name.as_str()));
            if let Some(aim) = aim {
                let _ = writeln!(
                    body,
                    r##"<path d="M{0:.1} {1:.1}V{2:.1}" stroke="#b00020" stroke-width="2"/>"##,
                    x(aim.limit),
                    y - 1.0,
                    y + BAR - 1.0
                );
            }
            y += BAR;
        }
        y += 9.0;
    }
    let mut legend = String::new();
    let mut at = LEFT;
    for (index, program) in others.iter().enumerate() {
        let _ = writeln!(
            legend,
            r#"<rect x="{at:.1}" y="34" width="10" height="10" fill="{}"/><text x="{:.1}" y="43">{}</text>"#,
            COLOURS[index % COLOURS.len()],
            at + 14.0,
            program.name
        );
        at += 34.0 + program.name.chars().count() as f64 * 6.6;
    }
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1:.0}" viewBox="0 0 {0} {1:.0}" font-family="system-ui, sans-serif" font-size="12" fill="#222">
<rect width="100%" height="100%" fill="#fff"/>
<text x="{LEFT}" y="20" font-size="14">Ratio to {2}: less is better; median, lowest and highest round; red: the target</text>
{legend}<path d="M{3:.1} 54V{4:.1}" stroke="#999" stroke-dasharray="3 3"/>
{body}</svg>
"##,
        LEFT + WIDTH + 60.0,
        y + 10.0,
        base.name,
        x(1.0),
        y,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program;

    #[test]
    fn draws_a_bar_for_each_ratio_with_its_target() {
        let mut results = Results::default();
        results.add(program::LAMBDA_HTTP, "cpu small", 100.0);
        results.add(program::FX, "cpu small", 25.0);
        let svg = render(Suite::Pull, &Programs::named(&[program::LAMBDA_HTTP, program::FX]), &results);
        assert_eq!(svg.matches(r##"fill="#7a8a99""##).count(), 2, "a bar and its legend:\n{svg}");
        assert!(svg.contains(">0.25</text>") && svg.contains("#b00020"), "{svg}");
    }
}
