//! The data folder: SQL, `rusqlite` and the folder's files are known here and nowhere else.
//!
//! Every call here is one short statement or transaction. Nothing waits for the network while the
//! database is held: callers get plain values, decide, and come back. One connection writes, a few
//! read beside it (WAL), so a reader never waits for another caller's write to reach the disk.

mod adoption;
mod backup;
mod backup_error;
mod backup_notes;
mod copy;
mod credentials;
mod data_folder;
mod database;
mod description;
mod error;
mod events;
mod figures;
mod filter;
mod folded;
mod folder_owner;
mod health;
mod inspection;
mod instances;
mod linked;
mod links;
mod listing;
mod monitored;
mod move_in;
mod notice_messages;
mod notice_targets;
mod open;
mod outbox;
mod overview;
mod partial_file;
mod passwords;
mod people;
mod private_file;
mod restore;
mod saved_settings;
mod scans;
mod sealed_keys;
mod sessions;
mod settings;
mod setup;
mod staging;
mod stamp;
mod text_senders;
mod unmanaged;
mod upgrade;
mod verify;
mod writer;

pub use adoption::{Adoption, RowHome};
pub use backup::{WrittenBackup, back_up, key_of, put_key};
pub use backup_error::BackupError;
pub use backup_notes::{FailedBackup, LastBackup, LastRestore, MadeBackup, note_backup_beside};
pub use copy::CopyProgress;
pub use credentials::{Credential, CredentialLine, NewCredential};
pub use database::Store;
pub use error::{DatabaseFault, Error};
pub use events::EventLine;
pub use figures::{DatabaseFigures, ServerFigures};
pub use filter::Filter;
pub use folder_owner::{OwnerNotTaken, act_as_owner, as_caller};
pub use health::Health;
pub use inspection::{DiskSpace, FileFacts, InspectedServer, Inspection, KeyState, disk_space, file_facts};
pub use instances::InstanceRow;
pub use links::{Link, LinkLine, NewLink};
pub use listing::{FailingServer, InstanceCounts, InstanceLine, InstanceRef, Page};
pub use monitored::{MonitoredRow, NotedStatus};
pub use move_in::AppliedRestore;
pub use notice_messages::{DueMessages, NoticeMessage, NoticeOutcome, OpenMessage, TargetFilter};
pub use notice_targets::{NewNoticeTarget, NoticeTarget};
pub use outbox::{ConsideredEvents, DueNotice, EVENT_SOURCES, EventSource, OutboxEvent};
pub use overview::Totals;
pub use partial_file::rename_to_new;
pub use passwords::Account;
pub use people::{Identified, NewToken, Removal, TokenLine, UserLine};
pub use restore::{Restored, apply_staged, restore, stage};
pub use sessions::{NewSession, SESSION_LIFE, Session, SessionLine};
pub use setup::{SETUP_LIFE, SetUp, SetupLink};
pub use staging::RestoreKey;
pub use stamp::{stamp, stamped};
pub use text_senders::TextSender;
pub use unmanaged::UnmanagedInstance;
pub use verify::{BackupContents, verify_backup};

use settings::webhook_setting;
