namespace FedAi.Daemon.OpenAi;

/// <summary>What /openapi.json says of an endpoint: every endpoint below /v1 carries one. The answers' schemas are names of <see cref="OpenApiSchemas"/>.</summary>
internal sealed record OpenApiOperation(string Id, string Summary, string Answer, OpenAiOperation? Body = null, string? StreamedAnswer = null);
