pub use salient_database::Document;
