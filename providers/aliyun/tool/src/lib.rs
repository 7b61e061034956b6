//! The aliyun target: limits.
