//! approval-orchestrator
