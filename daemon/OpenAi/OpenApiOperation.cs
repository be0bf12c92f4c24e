namespace FedAi.Daemon.OpenAi;

/// <summary>What /openapi.json says of an endpoint: every endpoint below /v1 carries one; the others stand in <see cref="RouteSummaries"/>. The body is a function, because its parameters are made only when somebody asks. The answers' schemas are names of <see cref="OpenApiSchemas"/>.</summary>
internal sealed record OpenApiOperation(string Id, string Summary, string Answer, Func<OpenAiOperation>? Body = null, string? StreamedAnswer = null);
