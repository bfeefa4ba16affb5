use std::fmt;

use uuid::Uuid;

macro_rules! ids {
    ($($(#[doc = $doc:literal])* $id:ident = $collection:literal;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $id(pub Uuid);

        impl $id {
            /// The collection in resource names.
            pub const COLLECTION: &'static str = $collection;
        }

        /// The resource name.
        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}/{}", Self::COLLECTION, self.0)
            }
        }
    )*};
}

ids! {
    /// Which unit.
    UnitId = "orgUnits";
    /// Which person.
    EmployeeId = "employees";
    /// Which appointment.
    AppointmentId = "appointments";
}
