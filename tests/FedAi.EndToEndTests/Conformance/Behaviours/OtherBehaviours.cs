using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Conformance.Behaviours;

/// <summary>Completions without chat, and embeddings.</summary>
internal static class OtherBehaviours
{
    public static IReadOnlyList<Behaviour> Completions { get; } =
    [
        Completes("completions.plain", "`prompt`: a text goes on") with
        {
            Arrived = request => (request.Messages is null, request.Prompt.Contains("completions.plain", StringComparison.Ordinal)).ShouldBe((true, true)),
            Outcome = outcome => (outcome.Text, outcome.Finish, outcome.Usage).ShouldBe((Behaviour.Answer, "stop", (7, 4, 11))),
            Real = outcome => outcome.Text.ShouldNotBeNullOrWhiteSpace(),
        },
        Completes("completions.stream", "the same, streamed") with
        {
            Streams = true,
            Outcome = outcome => outcome.ShouldSatisfyAllConditions(
                () => outcome.Deltas.ShouldBe(["A ", "scripted ", "answer", "."]),
                () => (outcome.Finish, outcome.Usage).ShouldBe(("stop", (7, 4, 11)))),
        },
        Completes("completions.parameters", "the parameters of sampling") with
        {
            Arrived = request =>
            {
                (request.MaxTokens, request.Temperature, request.TopP, request.Seed, request.PresencePenalty, request.FrequencyPenalty).ShouldBe((17, 0.25, 0.5, 42, 0.5, -0.5));
                request.Stop!.ShouldContain("END");
                request.LogitBias!["15"].ShouldBe(-100);
            },
        },
        RefusedByName("completions.best_of", "best_of"),
        RefusedByName("completions.echo", "echo"),
        RefusedByName("completions.suffix", "suffix"),
        RefusedByName("completions.n", "n"),
        RefusedByName("completions.logprobs", "logprobs"),
        RefusedByName("completions.tokens", "prompt") with { Says = "`prompt` as tokens", Without = [Clients.Ai, Clients.DotNet] },
    ];

    public static IReadOnlyList<Behaviour> Embeddings { get; } =
    [
        Embeds("embeddings.base64", "`input` is a text, `encoding_format` is base64", [[0.6, 0.8]]) with { Without = [Clients.Ai] },
        Embeds("embeddings.float", "`input` is a text, `encoding_format` is numbers", [[0.6, 0.8]]) with { Without = [Clients.DotNet] },
        Embeds("embeddings.several", "`input` is several texts, in their order", [[0.6, 0.8], [1, 0], [0, -1]]) with { Arrived = request => request.Inputs!.Skip(1).ShouldBe(["ab", "abc"]) },
        Embeds("embeddings.dimensions", "`dimensions`: the model's own", [[0.6, 0.8]]) with { Real = null },
        new("embeddings.other-dimensions", "`dimensions`: another number") { Mark = Mark.Refused, Script = () => Vectors, Outcome = outcome => outcome.ShouldBeError(400, "unsupported_parameter", "dimensions") },
        new("embeddings.unable", "a model that makes no embeddings") { Mark = Mark.Refused, Reaches = false, Outcome = outcome => outcome.ShouldBeError(400, "unsupported_parameter", "model") },
    ];

    private static ScriptedRunner Vectors => new() { Vector = text => text switch { "ab" => [1, 0], "abc" => [0, -1], _ => [0.6f, 0.8f] } };

    private static Behaviour Completes(string id, string says) => new(id, says) { Without = [Clients.DotNet] };

    private static Behaviour RefusedByName(string id, string param) => Completes(id, $"`{param}`") with
    {
        Mark = Mark.Refused,
        Reaches = false,
        Outcome = outcome => outcome.ShouldBeError(400, "unsupported_parameter", param),
    };

    private static Behaviour Embeds(string id, string says, double[][] vectors) => new(id, says)
    {
        Script = () => Vectors,
        Arrived = request => request.JobType.ShouldBe(RouterJobType.Embedding),
        Real = outcome => outcome.Vectors.Count(vector => Math.Abs(vector.Sum(number => number * number) - 1) < 1e-3).ShouldBe(vectors.Length),
        Outcome = outcome =>
        {
            outcome.Vectors.Count.ShouldBe(vectors.Length);
            foreach (var (made, expected) in outcome.Vectors.Zip(vectors)) made.ShouldBe(expected, tolerance: 1e-6);
            outcome.Usage.ShouldBe((7 * vectors.Length, 0, 7 * vectors.Length));
        },
    };
}
