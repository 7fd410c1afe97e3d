-- One server has one spelling: the port that goes without saying goes from stored addresses, as it does
-- from those that are typed. Rows find their server by it.

UPDATE integration_credentials
SET baseUrl = substr(baseUrl, 1, instr(substr(baseUrl, 8) || '/', '/') + 3)
    || substr(baseUrl, instr(substr(baseUrl, 8) || '/', '/') + 7)
WHERE baseUrl LIKE 'http://%' AND substr(baseUrl, 8, instr(substr(baseUrl, 8) || '/', '/') - 1) LIKE '%:80';

UPDATE integration_credentials
SET baseUrl = substr(baseUrl, 1, instr(substr(baseUrl, 9) || '/', '/') + 3)
    || substr(baseUrl, instr(substr(baseUrl, 9) || '/', '/') + 8)
WHERE baseUrl LIKE 'https://%' AND substr(baseUrl, 9, instr(substr(baseUrl, 9) || '/', '/') - 1) LIKE '%:443';

UPDATE messaging_instances
SET claimedUrl = substr(claimedUrl, 1, instr(substr(claimedUrl, 8) || '/', '/') + 3)
    || substr(claimedUrl, instr(substr(claimedUrl, 8) || '/', '/') + 7)
WHERE claimedUrl LIKE 'http://%'
    AND substr(claimedUrl, 8, instr(substr(claimedUrl, 8) || '/', '/') - 1) LIKE '%:80';

UPDATE messaging_instances
SET claimedUrl = substr(claimedUrl, 1, instr(substr(claimedUrl, 9) || '/', '/') + 3)
    || substr(claimedUrl, instr(substr(claimedUrl, 9) || '/', '/') + 8)
WHERE claimedUrl LIKE 'https://%'
    AND substr(claimedUrl, 9, instr(substr(claimedUrl, 9) || '/', '/') - 1) LIKE '%:443';
