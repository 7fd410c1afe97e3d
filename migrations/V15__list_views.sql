-- What lists order, filter and count by: what needs somebody, what nobody ever scanned, and the labels there are.

-- The index of lists, with what they order by now.
DROP INDEX messaging_instances_listed;
CREATE INDEX messaging_instances_listed ON messaging_instances
    (channel, channelInstanceId, userId, status, credentialId, channelPhoneOrId, linkedNumber, searchText, statusSince, firstConnectedAt);

-- The labels that are in use, without the rows.
CREATE INDEX messaging_instances_labels ON messaging_instances (labels, userId) WHERE labels IS NOT NULL;
