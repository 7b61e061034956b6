//! The two READMEs say the same: as many headings of each level, and the same commands and code.

use anyhow::{Context, Result, bail};

/// Compares `README.md` with `README.zh-CN.md`.
pub fn check() -> Result<()> {
    let english = Outline::read("README.md")?;
    let chinese = Outline::read("README.zh-CN.md")?;
    if english.levels != chinese.levels {
        bail!("README.md and README.zh-CN.md have different headings: bring both to the same outline");
    }
    for (index, (ours, theirs)) in english.blocks.iter().zip(&chinese.blocks).enumerate() {
        if ours != theirs {
            bail!("code block {} differs between README.md and README.zh-CN.md:\n{ours}\n---\n{theirs}", index + 1);
        }
    }
    if english.blocks.len() != chinese.blocks.len() {
        bail!("README.md and README.zh-CN.md have a different number of code blocks");
    }
    Ok(())
}

/// What must be alike in both languages.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outline {
    levels: Vec<usize>,
    blocks: Vec<String>,
}

impl Outline {
    fn read(name: &str) -> Result<Self> {
        let text = std::fs::read_to_string(crate::root().join(name)).with_context(|| format!("cannot read {name}"))?;
        Ok(Self::parse(&text))
    }

    /// Comments in code blocks are prose, so they may differ.
    fn parse(text: &str) -> Self {
        let mut outline = Self::default();
        let mut block: Option<String> = None;
        for line in text.lines() {
            if line.starts_with("```") {
                match block.take() {
                    Some(done) => outline.blocks.push(done),
                    None => block = Some(String::new()),
                }
            } else if let Some(block) = &mut block {
                block.push_str(without_comment(line));
                block.push('\n');
            } else if line.starts_with('#') {
                outline.levels.push(line.bytes().take_while(|byte| *byte == b'#').count());
            }
        }
        outline
    }
}

fn without_comment(line: &str) -> &str {
    let code = match line.find("# ").into_iter().chain(line.find("// ")).min() {
        Some(start) => &line[..start],
        None => line,
    };
    code.trim_end()
}

#[cfg(test)]
mod tests {
    use super::Outline;

    #[test]
    fn comments_may_differ_but_commands_may_not() {
        let english = Outline::parse("# fx\n```sh\ncargo run -- dev   # the app\n```\n");
        assert_eq!(english, Outline::parse("# fx 框架\n```sh\ncargo run -- dev # 待办\n```\n"));
        assert_ne!(english, Outline::parse("# fx\n```sh\ncargo run -- build\n```\n"));
        assert_ne!(english, Outline::parse("## fx\n```sh\ncargo run -- dev\n```\n"));
    }
}
