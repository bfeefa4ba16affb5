//! Clusters as they are used: started, stopped, killed, started again, on the PostgreSQL of the machine.

#[cfg(test)]
mod clusters;
