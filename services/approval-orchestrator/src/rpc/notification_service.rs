//! The methods by which gateways learn what to push.

use std::collections::HashSet;

use salient_proto::approval::v1::{self as proto, Notification, notification_service_server};
use salient_server::{Answers, server_stream, unary};
use tonic::{Request, Response, Status};

use super::{Rpc, list_notifications::list_notifications, watch_notifications::watch_notifications};

#[tonic::async_trait]
impl notification_service_server::NotificationService for Rpc {
    type WatchNotificationsStream = Answers<Notification>;

    async fn list_notifications(
        &self,
        request: Request<proto::ListNotificationsRequest>,
    ) -> Result<Response<proto::ListNotificationsResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| list_notifications(app, op, message)).await
    }

    async fn watch_notifications(
        &self,
        request: Request<proto::WatchNotificationsRequest>,
    ) -> Result<Response<Self::WatchNotificationsStream>, Status> {
        let app = self.0.clone();
        server_stream(request, move |op, message| watch_notifications(app, op, message)).await
    }
}

/// Which notifications somebody asks for.
pub struct Filter {
    recipients: HashSet<String>,
    posts: HashSet<i32>,
    types: HashSet<i32>,
}

impl Filter {
    /// To these people or to these posts, where either is named, and of these types, where any is.
    pub fn new(recipients: Vec<String>, posts: Vec<i32>, types: Vec<i32>) -> Self {
        Self {
            recipients: recipients.into_iter().collect(),
            posts: posts.into_iter().collect(),
            types: types.into_iter().collect(),
        }
    }

    /// Whether it is one of them.
    pub fn admits(&self, told: &Notification) -> bool {
        let everybody = self.recipients.is_empty() && self.posts.is_empty();
        let addressed = self.recipients.contains(&told.recipient) || self.posts.contains(&told.post);
        (everybody || addressed) && (self.types.is_empty() || self.types.contains(&told.r#type))
    }
}

#[cfg(test)]
mod tests {
    use salient_proto::{access::v1::Post, approval::v1::notification::Type};

    use super::*;

    #[test]
    fn people_and_posts_are_alternatives_and_types_are_a_condition() {
        let to = |recipient: &str, post: Post, kind: Type| Notification {
            recipient: recipient.to_owned(),
            post: post.into(),
            r#type: kind.into(),
            ..Default::default()
        };
        let li = to("employees/li", Post::Unspecified, Type::Copied);
        let zhang = to("employees/zhang", Post::Unspecified, Type::TaskArrived);
        let admins = to("", Post::Administrator, Type::AttentionRaised);
        let admitted = |recipients: &[&str], posts: &[Post], types: &[Type]| {
            let filter = Filter::new(
                recipients.iter().map(|person| (*person).to_owned()).collect(),
                posts.iter().map(|post| (*post).into()).collect(),
                types.iter().map(|kind| (*kind).into()).collect(),
            );
            [&li, &zhang, &admins].map(|told| filter.admits(told))
        };
        assert_eq!(admitted(&[], &[], &[]), [true, true, true]);
        assert_eq!(admitted(&["employees/li"], &[], &[]), [true, false, false]);
        assert_eq!(admitted(&[], &[Post::Administrator], &[]), [false, false, true]);
        assert_eq!(
            admitted(&["employees/zhang"], &[Post::Administrator], &[]),
            [false, true, true]
        );
        assert_eq!(admitted(&[], &[], &[Type::Copied]), [true, false, false]);
        assert_eq!(
            admitted(&["employees/li"], &[], &[Type::TaskArrived]),
            [false, false, false]
        );
    }
}
