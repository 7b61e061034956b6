//! The tencent target: limits.
