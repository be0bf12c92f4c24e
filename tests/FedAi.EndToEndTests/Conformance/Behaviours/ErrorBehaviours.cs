using System.Globalization;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Conformance.Behaviours;

/// <summary>What goes wrong: the exception class, status, code and parameter that each client reports.</summary>
internal static class ErrorBehaviours
{
    public static IReadOnlyList<Behaviour> All { get; } =
    [
        Edge("error.bad-value", "400: a value out of range", 400, "invalid_value", "temperature") with { Real = outcome => outcome.ShouldBeError(400, "invalid_value", "temperature") },
        Edge("error.no-messages", "400: no messages", 400, "empty_array", "messages") with { Without = [Clients.Ai, Clients.DotNet] },
        Edge("error.context", "400: more than the model's context", 400, "context_length_exceeded", "messages") with { Real = outcome => outcome.ShouldBeError(400, "context_length_exceeded", "messages") },
        Edge("error.not-local", "401: from another machine, without a key that holds", 401, "invalid_api_key"),
        Edge("error.model", "404: a model that nobody serves", 404, "model_not_found", "model") with { Real = outcome => outcome.ShouldBeError(404, "model_not_found", "model") },
        Edge("error.model-stream", "404: the same, streaming", 404, "model_not_found", "model"),
        Edge("error.retrieve", "404: the same, asked for by its id", 404, "model_not_found", "model") with { Without = [Clients.Ai] },
        Edge("error.too-large", "413: more than the node takes", 413, "prompt_too_large", "messages"),
        AtTheModel("error.rate", "429 with `Retry-After`", new Refusal(ErrorCode.RateLimited, "too many", RetryAfterSeconds: 3), 429, "rate_limit_exceeded", retryAfter: "3"),
        AtTheModel("error.loading", "503 with `Retry-After`: the model is being loaded", new Refusal(ErrorCode.ModelLoading, "loading", RetryAfterSeconds: 4), 503, "model_loading", retryAfter: "4"),
        AtTheModel("error.crash", "502: the model failed", new Refusal(ErrorCode.RunnerCrashed, "gone"), 502, "runner_crashed"),
        AtTheModel("error.crash-stream", "502: the same, before a stream began", new Refusal(ErrorCode.RunnerCrashed, "gone"), 502, "runner_crashed"),
        AtTheModel("error.internal", "500: a defect", new Refusal(ErrorCode.InternalError, "a defect"), 500, "internal_error"),
        new("error.mid-stream", "a stream that breaks ends with an error, and does not say that it finished")
        {
            Streams = true,
            Script = () => new ScriptedRunner { FailAt = 2 },
            // The .NET client passes over frames that say error, OpenAI's own too; what it can see is that the answer never finished.
            Outcome = outcome => (outcome.Text, outcome.Failed, outcome.Finish).ShouldBe(("A scripted ", outcome.Client != Clients.DotNet, null)),
        },
    ];

    /// <summary>Callers on other machines, who ask a router with a key it gave them.</summary>
    public static IReadOnlyList<Behaviour> Keys { get; } =
    [
        new("keys.answered", "a key that holds") { Key = key => key },
        new("keys.rate", "429 with `Retry-After`: more often than the key may") { Key = key => key with { PerSecond = 0.001, Burst = 1 }, Outcome = IsTooOften },
        new("keys.models", "a model that the key may not ask") { Key = key => key with { Models = ["org/scripted"] }, Reaches = false, Outcome = outcome => outcome.ShouldBeError(404, "model_not_found", "model") },
    ];

    private static void IsTooOften(Outcome outcome)
    {
        outcome.ShouldBeError(429, "rate_limit_exceeded");
        int.Parse((string)outcome.Error["retryAfter"]!, CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
    }

    /// <summary>Refused before it reaches the model.</summary>
    private static Behaviour Edge(string id, string says, int status, string code, string? param = null) => new(id, says)
    {
        Reaches = false,
        Outcome = outcome => outcome.ShouldBeError(status, code, param),
    };

    private static Behaviour AtTheModel(string id, string says, Refusal refusal, int status, string code, string? retryAfter = null) => new(id, says)
    {
        Script = () => new ScriptedRunner { FailAt = -1, Failure = refusal },
        Outcome = outcome =>
        {
            outcome.ShouldBeError(status, code);
            if (retryAfter is not null) ((string?)outcome.Error["retryAfter"]).ShouldBe(retryAfter);
        },
    };
}
