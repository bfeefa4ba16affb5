//! A person's boxes: what they submitted, what was copied to them, what waits for them, and the numbers on each.

use diesel_async::SimpleAsyncConnection as _;
use jiff::SignedDuration;
use salient_proto::approval::v1::{
    ApprovalBox, CountTasksRequest, CountTasksResponse, ExpiryAction, ListApprovalsRequest,
    ListApprovalsResponse, ListTasksRequest, MarkCopyReadRequest, ReceivedCopy, TaskBox,
    count_tasks_response::Count,
};
use salient_testkit::Person;
use salient_values::timestamp;
use tonic::{Code, Status};

use crate::{
    deadlines::hours,
    errors::reason,
    house::{House, id, request},
};

impl House {
    /// Submits something of this title by somebody of the team, and waits until it lies with the supervisor.
    async fn submit_titled(&self, person: &Person, title: &str) -> String {
        let mut request = request(&person.name(), &self.team.name());
        request.title = title.to_owned();
        let approval = request.approval.clone();
        self.intake().request_approval(request).await.unwrap();
        self.task_of(&self.zhang, &approval).await;
        approval
    }

    async fn list(
        &self,
        person: &Person,
        request: ListApprovalsRequest,
    ) -> Result<ListApprovalsResponse, Status> {
        let listed = self.approvals(person).list_approvals(request).await;
        listed.map(tonic::Response::into_inner)
    }

    async fn boxed(&self, person: &Person, list_box: ApprovalBox, filter: &str) -> Vec<String> {
        let request = ListApprovalsRequest {
            r#box: list_box.into(),
            filter: filter.to_owned(),
            ..Default::default()
        };
        let listed = self.list(person, request).await.unwrap();
        listed
            .approvals
            .into_iter()
            .map(|approval| approval.name)
            .collect()
    }

    async fn read(&self, person: &Person, approval: &str) -> Result<ReceivedCopy, Status> {
        let request = MarkCopyReadRequest {
            name: approval.to_owned(),
            request_id: id(),
        };
        let read = self.approvals(person).mark_copy_read(request).await;
        read.map(tonic::Response::into_inner)
    }

    async fn counts(&self, person: &Person) -> [(i32, bool); 4] {
        let counted = self.tasks(person).count_tasks(CountTasksRequest {}).await;
        let CountTasksResponse {
            pending,
            overdue,
            unread_copies,
            open_submissions,
        } = counted.unwrap().into_inner();
        [pending, overdue, unread_copies, open_submissions].map(|count| {
            let Count { count, more } = count.unwrap();
            (count, more)
        })
    }

    async fn titles(&self, person: &Person, task_box: TaskBox, filter: &str) -> Vec<String> {
        let request = ListTasksRequest {
            r#box: task_box.into(),
            filter: filter.to_owned(),
            ..Default::default()
        };
        let listed = self.tasks(person).list_tasks(request).await.unwrap();
        listed
            .into_inner()
            .tasks
            .into_iter()
            .map(|task| task.title)
            .collect()
    }
}

#[tokio::test]
async fn what_one_submitted_is_ones_own_alone() {
    let house = House::open().await;
    let other = house.somebody("赵六");
    let first = house.submit_titled(&house.li, "上海晨光贸易 注塑机").await;
    let theirs = house.submit_titled(&other, "上海晨光贸易 模具").await;
    let second = house.submit_titled(&house.li, "宁波海天 50%_配件").await;
    let submitted = ApprovalBox::Submitted;
    assert_eq!(
        house.boxed(&house.li, submitted, "").await,
        [second.clone(), first.clone()]
    );
    assert_eq!(house.boxed(&other, submitted, "").await, [theirs.as_str()]);
    // Who answers for the team, or for everything, has submitted nothing all the same.
    for person in [&house.zhang, &house.wang, &house.admin] {
        assert_eq!(house.boxed(person, submitted, "").await, [""; 0]);
    }
    // As before there were boxes.
    let all = [second.clone(), theirs.clone(), first.clone()];
    assert_eq!(house.boxed(&house.zhang, ApprovalBox::Unspecified, "").await, all);

    for (filter, expected) in [
        ("title : \"晨光\"", vec![&first]),
        ("title : \"50%_\"", vec![&second]),
        ("title : \"%\"", vec![&second]),
        ("title = \"上海晨光贸易 注塑机\"", vec![&first]),
        (
            "title != \"上海晨光贸易 注塑机\" AND state = PENDING",
            vec![&second],
        ),
        ("title : \"模具\"", vec![]),
    ] {
        let found = house.boxed(&house.li, submitted, filter).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter}");
    }

    let mut page = ListApprovalsRequest {
        r#box: submitted.into(),
        page_size: 1,
        ..Default::default()
    };
    let listed = house.list(&house.li, page.clone()).await.unwrap();
    assert_eq!(listed.approvals[0].name, second);
    page.page_token = listed.next_page_token;
    let listed = house.list(&house.li, page.clone()).await.unwrap();
    assert_eq!(
        (listed.approvals[0].name.as_str(), listed.next_page_token.as_str()),
        (first.as_str(), "")
    );
    for another in [ApprovalBox::Unspecified, ApprovalBox::Copied] {
        page.set_box(another);
        let refused = house.list(&house.li, page.clone()).await.unwrap_err();
        assert_eq!(reason(&refused), "ERROR_REASON_PAGE_TOKEN_INVALID");
    }
}

#[tokio::test]
async fn titles_of_everybody_are_searched_within_something_narrower() {
    let house = House::open().await;
    let approval = house.submit_titled(&house.li, "上海晨光贸易 注塑机").await;
    for person in [&house.admin, &house.zhang] {
        let request = ListApprovalsRequest {
            filter: "title : \"晨光\" AND create_time < \"2100-01-01T00:00:00Z\"".to_owned(),
            ..Default::default()
        };
        let refused = house.list(person, request).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::InvalidArgument, "ERROR_REASON_REQUEST_INVALID")
        );
        for narrower in [
            "create_time > \"2020-01-01T00:00:00Z\"".to_owned(),
            format!("submitter = \"{}\"", house.li.name()),
            format!("unit = \"{}\"", house.team.name()),
        ] {
            let filter = format!("title : \"晨光\" AND {narrower}");
            let found = house.boxed(person, ApprovalBox::Unspecified, &filter).await;
            assert_eq!(found, [approval.as_str()], "{filter}");
        }
    }
    // Whoever reaches nothing but their own needs nothing narrower.
    let found = house
        .boxed(&house.li, ApprovalBox::Unspecified, "title : \"晨光\"")
        .await;
    assert_eq!(found, [approval]);
}

#[tokio::test]
async fn copies_come_the_newest_first_and_are_marked_as_read_once() {
    let house = House::open().await;
    let reader = house.somebody("赵六");
    let mut approvals = Vec::new();
    for title in ["甲", "乙", "丙"] {
        approvals.push(house.submit_titled(&house.li, title).await);
    }
    // Not in the order in which they were submitted.
    let [one, two, three] = [&approvals[0], &approvals[1], &approvals[2]];
    for approval in [two, three, one] {
        house.copy(&house.li, approval, &[&reader]).await.unwrap();
    }
    let copied = ApprovalBox::Copied;
    let mut page = ListApprovalsRequest {
        r#box: copied.into(),
        page_size: 2,
        ..Default::default()
    };
    let listed = house.list(&reader, page.clone()).await.unwrap();
    page.page_token = listed.next_page_token;
    let rest = house.list(&reader, page).await.unwrap();
    let found: Vec<_> = listed.approvals.iter().chain(&rest.approvals).collect();
    let names: Vec<_> = found.iter().map(|approval| &approval.name).collect();
    assert_eq!(
        (names, rest.next_page_token.as_str()),
        (vec![one, three, two], "")
    );
    let copy = found[0].received_copy.clone().unwrap();
    assert_eq!(
        (
            copy.approval.as_str(),
            copy.copier,
            copy.comment.as_str(),
            copy.read_time
        ),
        (one.as_str(), house.li.name(), "请知悉", None)
    );

    let request = MarkCopyReadRequest {
        name: three.clone(),
        request_id: id(),
    };
    let mut approvals_of_reader = house.approvals(&reader);
    let read = approvals_of_reader
        .mark_copy_read(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert!(read.read_time.is_some() && read.approval == *three);
    let again = approvals_of_reader
        .mark_copy_read(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(again, read);
    assert_eq!(
        house.read(&reader, three).await.unwrap(),
        read,
        "read since it was read first"
    );
    for (filter, expected) in [
        ("read = false", vec![one, two]),
        ("read != true", vec![one, two]),
        ("read = true", vec![three]),
        ("title : \"乙\" AND read = false", vec![two]),
        ("title : \"丙\" AND read = false", vec![]),
        ("state = APPROVED", vec![]),
    ] {
        let found = house.boxed(&reader, copied, filter).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter}");
    }

    // Its sender has none, and `read` means something among copies alone.
    for person in [&house.li, &house.admin] {
        assert_eq!(house.boxed(person, copied, "").await, [""; 0]);
        let refused = house.read(person, one).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::PermissionDenied, "ERROR_REASON_OUT_OF_SCOPE")
        );
    }
    let request = ListApprovalsRequest {
        filter: "read = false".to_owned(),
        ..Default::default()
    };
    let refused = house.list(&reader, request).await.unwrap_err();
    assert_eq!(reason(&refused), "ERROR_REASON_FILTER_INVALID");
}

#[tokio::test]
async fn tasks_are_found_by_title_submitter_and_time() {
    let house = House::open().await;
    let other = house.somebody("赵六");
    house.submit_titled(&house.li, "上海晨光贸易 注塑机").await;
    house.submit_titled(&other, "上海晨光贸易 模具").await;
    let tasks = house.inbox(&house.zhang, "").await;
    let second = timestamp::from_proto(tasks[1].create_time.as_ref().unwrap()).unwrap();
    let inbox = TaskBox::Inbox;
    for (filter, expected) in [
        (
            "title : \"晨光\"".to_owned(),
            vec!["上海晨光贸易 注塑机", "上海晨光贸易 模具"],
        ),
        ("title : \"模具\"".to_owned(), vec!["上海晨光贸易 模具"]),
        (
            format!("submitter = \"{}\"", house.li.name()),
            vec!["上海晨光贸易 注塑机"],
        ),
        (
            format!("submitter != \"{}\"", house.li.name()),
            vec!["上海晨光贸易 模具"],
        ),
        (format!("create_time >= \"{second}\""), vec!["上海晨光贸易 模具"]),
        (format!("create_time < \"{second}\""), vec!["上海晨光贸易 注塑机"]),
        // None has a deadline.
        ("overdue = true".to_owned(), vec![]),
        ("due_time > \"2020-01-01T00:00:00Z\"".to_owned(), vec![]),
        (
            "overdue = false AND title : \"模\"".to_owned(),
            vec!["上海晨光贸易 模具"],
        ),
    ] {
        assert_eq!(
            house.titles(&house.zhang, inbox, &filter).await,
            expected,
            "{filter}"
        );
    }
    house.approve(&house.zhang, &tasks[0]).await.unwrap();
    let decided = TaskBox::Decided;
    assert_eq!(
        house.titles(&house.zhang, decided, "title : \"晨光\"").await,
        ["上海晨光贸易 注塑机"]
    );
    assert_eq!(
        house.titles(&house.zhang, decided, "title : \"模具\"").await,
        [""; 0]
    );
}

#[tokio::test]
async fn what_is_late_is_found_and_counted() {
    let house = House::open_with_deadline(&hours(8, ExpiryAction::Remind)).await;
    house.submit_titled(&house.li, "早").await;
    house.clock.shift(SignedDuration::from_hours(6));
    house.submit_titled(&house.li, "晚").await;
    assert_eq!(house.counts(&house.zhang).await[..2], [(2, false), (0, false)]);
    house.clock.shift(SignedDuration::from_hours(4));
    let (inbox, now) = (TaskBox::Inbox, house.clock.now());
    for (filter, expected) in [
        ("overdue = true".to_owned(), vec!["早"]),
        ("overdue = false".to_owned(), vec!["晚"]),
        ("overdue != false".to_owned(), vec!["早"]),
        (format!("due_time < \"{now}\""), vec!["早"]),
        (format!("due_time > \"{now}\""), vec!["晚"]),
    ] {
        assert_eq!(
            house.titles(&house.zhang, inbox, &filter).await,
            expected,
            "{filter}"
        );
    }
    assert_eq!(house.counts(&house.zhang).await[..2], [(2, false), (1, false)]);
    // Decided too late is late for ever, decided in time never.
    for task in house.inbox(&house.zhang, "").await {
        house.approve(&house.zhang, &task).await.unwrap();
    }
    house.clock.shift(SignedDuration::from_hours(24));
    let decided = TaskBox::Decided;
    assert_eq!(
        house.titles(&house.zhang, decided, "overdue = true").await,
        ["早"]
    );
    assert_eq!(
        house.titles(&house.zhang, decided, "overdue = false").await,
        ["晚"]
    );
    assert_eq!(house.counts(&house.zhang).await[..2], [(0, false), (0, false)]);
}

#[tokio::test]
async fn the_numbers_of_the_boxes_are_counted_to_a_hundred() {
    let house = House::open().await;
    let reader = house.somebody("赵六");
    assert_eq!(house.counts(&reader).await, [(0, false); 4]);
    let (approval, task) = house.submit_for_review().await;
    house.copy(&house.li, &approval, &[&reader]).await.unwrap();
    let other = house.submit().await;
    house.copy(&house.li, &other, &[&reader]).await.unwrap();
    house.task_of(&house.zhang, &other).await;
    let none = (0, false);
    assert_eq!(house.counts(&house.zhang).await, [(2, false), none, none, none]);
    assert_eq!(house.counts(&reader).await, [none, none, (2, false), none]);
    assert_eq!(house.counts(&house.li).await, [none, none, none, (2, false)]);
    house.read(&reader, &other).await.unwrap();
    house.reject(&house.zhang, &task).await.unwrap();
    assert_eq!(house.counts(&house.zhang).await, [(1, false), none, none, none]);
    assert_eq!(house.counts(&reader).await, [none, none, (1, false), none]);
    assert_eq!(house.counts(&house.li).await, [none, none, none, (1, false)]);

    // A hundred are a hundred, and one more is more.
    let mut owner = house.service.owner().await;
    for (first, last, expected) in [
        (1, 99, (100, false)),
        (100, 100, (100, true)),
        (101, 150, (100, true)),
    ] {
        let seed = format!(
            "INSERT INTO approval_copy SELECT md5(n::text)::uuid, '{reader}', '{reader}', '', now(), NULL \
             FROM generate_series({first}, {last}) AS n; \
             INSERT INTO task (id, approval, kind, policy_version, subject_name, step, visit, assignee, state, version, card, \
             create_time, due_time) SELECT md5(n::text)::uuid, md5(n::text)::uuid, kind, policy_version, subject_name, step, 1, \
             '{reader}', 'PENDING', 1, card, now(), now() - interval '1 hour' \
             FROM (SELECT * FROM task LIMIT 1) AS one, generate_series({first}, {last}) AS n; \
             INSERT INTO approval (id, state, kind, policy_version, subject_service, subject_name, submitter, unit, version, \
             document, create_time) SELECT md5(n::text)::uuid, 'RETURNED', kind, policy_version, subject_service, n::text, \
             '{reader}', unit, 1, document, now() FROM (SELECT * FROM approval LIMIT 1) AS one, \
             generate_series({first}, {last}) AS n",
            reader = reader.id()
        );
        owner.batch_execute(&seed).await.unwrap();
        let [pending, overdue, copies, submissions] = house.counts(&reader).await;
        assert_eq!(copies, expected);
        let others = (last.min(100), last > 100);
        assert_eq!([pending, overdue, submissions], [others; 3]);
    }
}
