curl --request POST \
  --url https://api.agentic.scope3.com/api/v2/buyer/advertisers/{accountId}/audiences/sync \
  --header 'Authorization: Bearer <token>' \
  --header 'Content-Type: application/json' \
  --data '
{
  "audiences": [
    {
      "audienceId": "<string>",
      "name": "<string>",
      "add": [
        {
          "externalId": "<string>",
          "hashedEmail": "a1b2c3d4e5f6...",
          "hashedPhone": "f6e5d4c3b2a1...",
          "uids": [
            {
              "type": "<string>",
              "value": "<string>"
            }
          ]
        }
      ],
      "remove": [
        {
          "externalId": "<string>"
        }
      ],
      "delete": true,
      "consentBasis": "consent"
    }
  ]
}
'
