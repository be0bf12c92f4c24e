using FedAi.Protocol.Messages;

namespace FedAi.EndToEndTests.Conformance.Behaviours;

/// <summary>Parameters of a chat body.</summary>
internal static class ParameterBehaviours
{
    public static IReadOnlyList<Behaviour> Honoured { get; } =
    [
        Arrives("temperature", request => request.Temperature.ShouldBe(0.25)) with { Real = outcome => outcome.Text.ShouldNotBeNullOrWhiteSpace() },
        Arrives("top_p", request => request.TopP.ShouldBe(0.5)),
        Arrives("top_k", request => request.TopK.ShouldBe(40)),
        Arrives("min_p", request => request.MinP.ShouldBe(0.05)),
        Arrives("max_tokens", request => request.MaxTokens.ShouldBe(17)) with { Real = outcome => outcome.Usage.Output.ShouldBeLessThanOrEqualTo(17) },
        Arrives("max_tokens.ceiling", request => request.MaxTokens.ShouldBe(1024)) with { Says = "`max_tokens` above what the model writes: as long as fits" },
        Arrives("max_completion_tokens", request => request.MaxTokens.ShouldBe(18)),
        Arrives("stop.text", request => request.Stop.ShouldBe(["END"])) with { Says = "`stop`, a string" },
        Arrives("stop.list", request => request.Stop.ShouldBe(["END", "\n\n", "漢"])) with { Says = "`stop`, a list" },
        Arrives("seed", request => request.Seed.ShouldBe(42)) with { Real = outcome => outcome.Text.ShouldNotBeNullOrWhiteSpace() },
        Arrives("logit_bias", request => request.LogitBias.ShouldBe(new Dictionary<string, double> { ["15"] = -100, ["40"] = 5 }, ignoreOrder: true)),
        Arrives("prompt_cache_key", request => request.CacheKey.ShouldNotBeNullOrEmpty()),
        Arrives("presence_penalty", request => request.PresencePenalty.ShouldBe(0.5)),
        Arrives("frequency_penalty", request => request.FrequencyPenalty.ShouldBe(-0.5)),
    ];

    public static IReadOnlyList<Behaviour> Accepted { get; } =
    [
        NoEffect("user"),
        NoEffect("metadata"),
        NoEffect("store") with { Says = "`store: false`" },
        NoEffect("service_tier") with { Says = "`service_tier: auto`" },
        NoEffect("prompt_cache_retention"),
        NoEffect("prediction"),
        NoEffect("safety_identifier"),
        NoEffect("reasoning_effort"),
        NoEffect("verbosity"),
        NoEffect("parallel_tool_calls") with { Says = "`parallel_tool_calls: true`" },
        NoEffect("n.one") with { Says = "`n: 1`" },
        NoEffect("logprobs.off") with { Says = "`logprobs: false`" },
        NoEffect("modalities.text") with { Says = "`modalities: [text]`" },
        NoEffect("response_format.text") with { Says = "`response_format: text`" },
        NoEffect("unknown") with { Says = "members nobody knows" },
    ];

    public static IReadOnlyList<Behaviour> Refused { get; } =
    [
        ByName("n.two", "n", "`n` above 1"),
        ByName("logprobs", "logprobs", "`logprobs: true`"),
        ByName("audio", "audio", "`audio`"),
        ByName("modalities.audio", "modalities", "`modalities: [audio]`"),
        ByName("store.on", "store", "`store: true`"),
        ByName("service_tier.priority", "service_tier", "`service_tier: priority`"),
        ByName("web_search_options", "web_search_options", "`web_search_options`"),
        ByName("top_logprobs", "top_logprobs", "`top_logprobs`"),
        ByName("image", "messages[0].content[1].type", "images in messages"),
    ];

    private static Behaviour Arrives(string name, Action<InferenceRequest> check) => new(name, $"`{name}`") { Arrived = check };

    private static Behaviour NoEffect(string name) => new(name, $"`{name}`") { Mark = Mark.Accepted, Arrived = request => request.Messages.ShouldNotBeNull() };

    private static Behaviour ByName(string id, string param, string says) => new(id, says)
    {
        Mark = Mark.Refused,
        Reaches = false,
        Outcome = outcome => outcome.ShouldBeError(400, "unsupported_parameter", param),
    };
}
