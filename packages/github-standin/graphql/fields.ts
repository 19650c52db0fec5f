/**
 * The part of GitHub's GraphQL schema that the stand-in answers: types with their fields, and what else they need.
 * `cut-schema.ts` takes exactly these out of GitHub's published schema; asking for anything else is the error that GitHub has for what does not exist.
 */
export const fields: Readonly<Record<string, readonly string[]>> = {
  Query: ['id', 'node', 'nodes', 'repository', 'repositoryOwner', 'user', 'viewer', 'rateLimit'],
  RateLimit: ['cost', 'limit', 'remaining', 'resetAt', 'used'],
  Node: ['id'],
  Actor: ['login', 'url', 'resourcePath', 'avatarUrl'],
  RepositoryOwner: ['id', 'login', 'url', 'resourcePath', 'avatarUrl'],
  Closable: ['closed', 'closedAt'],
  Comment: ['id', 'author', 'authorAssociation', 'body', 'createdAt', 'editor', 'includesCreatedEdit', 'lastEditedAt', 'publishedAt', 'updatedAt', 'userContentEdits', 'viewerDidAuthor'],
  User: ['id', 'databaseId', 'login', 'name', 'url', 'resourcePath', 'avatarUrl', 'createdAt'],
  Organization: ['id', 'databaseId', 'login', 'name', 'url', 'resourcePath', 'avatarUrl', 'createdAt'],
  Bot: ['id', 'databaseId', 'login', 'url', 'resourcePath', 'avatarUrl', 'createdAt'],
  Repository: ['id', 'databaseId', 'name', 'nameWithOwner', 'owner', 'url', 'isArchived', 'isPrivate', 'isFork', 'defaultBranchRef', 'issue', 'pullRequest', 'issueOrPullRequest', 'createdAt'],
  Ref: ['id', 'name'],
  Issue: [
    'id', 'databaseId', 'fullDatabaseId', 'number', 'title', 'url', 'repository', 'author', 'authorAssociation', 'body', 'createdAt', 'updatedAt', 'publishedAt', 'editor', 'includesCreatedEdit', 'lastEditedAt',
    'userContentEdits', 'viewerDidAuthor', 'state', 'stateReason', 'closed', 'closedAt', 'locked', 'comments', 'closedByPullRequestsReferences', 'timelineItems',
  ],
  PullRequest: [
    'id', 'databaseId', 'fullDatabaseId', 'number', 'title', 'url', 'repository', 'author', 'authorAssociation', 'body', 'createdAt', 'updatedAt', 'publishedAt', 'editor', 'includesCreatedEdit', 'lastEditedAt',
    'userContentEdits', 'viewerDidAuthor', 'state', 'closed', 'closedAt', 'locked', 'isDraft', 'isCrossRepository', 'merged', 'mergedAt', 'mergedBy', 'mergeCommit', 'baseRefName', 'headRefName', 'headRefOid',
    'headRepository', 'commits', 'comments', 'closingIssuesReferences',
  ],
  IssueComment: [
    'id', 'databaseId', 'fullDatabaseId', 'url', 'issue', 'pullRequest', 'repository', 'author', 'authorAssociation', 'body', 'createdAt', 'updatedAt', 'publishedAt', 'editor', 'includesCreatedEdit', 'lastEditedAt',
    'userContentEdits', 'viewerDidAuthor', 'isMinimized', 'minimizedReason',
  ],
  PullRequestReview: [
    'id', 'databaseId', 'fullDatabaseId', 'url', 'pullRequest', 'repository', 'author', 'authorAssociation', 'body', 'createdAt', 'updatedAt', 'publishedAt', 'editor', 'includesCreatedEdit', 'lastEditedAt',
    'userContentEdits', 'viewerDidAuthor', 'state', 'submittedAt',
  ],
  PullRequestReviewComment: [
    'id', 'databaseId', 'fullDatabaseId', 'url', 'pullRequest', 'repository', 'author', 'authorAssociation', 'body', 'createdAt', 'updatedAt', 'publishedAt', 'editor', 'includesCreatedEdit', 'lastEditedAt',
    'userContentEdits', 'viewerDidAuthor', 'isMinimized', 'minimizedReason',
  ],
  UserContentEdit: ['id', 'createdAt', 'editedAt', 'editor'],
  ClosedEvent: ['id', 'actor', 'closable', 'closer', 'createdAt', 'stateReason'],
  ReopenedEvent: ['id', 'actor', 'closable', 'createdAt'],
  Commit: ['id', 'oid', 'message', 'committedDate', 'author', 'authors', 'associatedPullRequests'],
  GitActor: ['name', 'email', 'user'],
  PullRequestCommit: ['id', 'commit'],
  PageInfo: ['endCursor', 'hasNextPage', 'hasPreviousPage', 'startCursor'],
  IssueConnection: ['nodes', 'pageInfo', 'totalCount'],
  PullRequestConnection: ['nodes', 'pageInfo', 'totalCount'],
  IssueTimelineItemsConnection: ['nodes', 'pageInfo', 'totalCount'],
  IssueCommentConnection: ['nodes', 'pageInfo', 'totalCount'],
  PullRequestCommitConnection: ['nodes', 'pageInfo', 'totalCount'],
  GitActorConnection: ['nodes', 'pageInfo', 'totalCount'],
  UserContentEditConnection: ['nodes', 'pageInfo', 'totalCount'],
};

/** The arguments that count here: any other is not in the cut schema, and so an error. */
export const takenArguments: ReadonlySet<string> = new Set(['id', 'ids', 'owner', 'name', 'login', 'number', 'first', 'last', 'after', 'itemTypes', 'enableDuplicate', 'includeClosedPrs', 'userLinkedOnly', 'followRenames', 'size', 'dryRun']);
