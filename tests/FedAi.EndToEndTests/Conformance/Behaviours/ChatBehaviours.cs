using FedAi.TestKit;

namespace FedAi.EndToEndTests.Conformance.Behaviours;

/// <summary>Models, messages and streams.</summary>
internal static class ChatBehaviours
{
    private const string Strange = " Grüße 漢字 👩‍👩‍👧 \u0001 \"quoted\" \\ </script>";

    /// <summary>Characters of every length in UTF-8, and one that is five code points.</summary>
    private static readonly string[] Characters = ["Gr", "ü", "ße, ", "漢", "字 ", "😀", "👩‍👩‍👧", "."];

    /// <summary>Text that looks like the framing around it.</summary>
    private static readonly string[] Framing = ["line\n\n", "data: ", "[DONE]", "\r\n", ": ping", "\n\ndata: {\"a\":1}\n\n", "\"}\\"];

    private static readonly string[] Long = [.. Enumerable.Range(0, 300).Select(number => $"word{number} ")];

    public static IReadOnlyList<Behaviour> Plain { get; } =
    [
        new("models.list", "the models served are listed") { Without = [Clients.Ai], Reaches = false, Outcome = outcome => outcome.Models.ShouldBe(["org/scripted", "scripted", "wide"]), Real = outcome => outcome.Models.ShouldBe([DemoModel.Id]) },
        new("models.retrieve", "a model is found by its id") { Without = [Clients.Ai], Reaches = false, Outcome = outcome => outcome.Models.ShouldBe(["scripted"]), Real = outcome => outcome.Models.ShouldBe([DemoModel.Id]) },
        new("models.slash", "a model with a slash in its id is found") { Without = [Clients.Ai], Reaches = false, Outcome = outcome => outcome.Models.ShouldBe(["org/scripted"]) },
        new("chat.plain", "`model`, `messages`: a question is answered")
        {
            Arrived = request => request.Messages!.ShouldHaveSingleItem().Role.ShouldBe("user"),
            Real = outcome => (outcome.Finish, outcome.Text).ShouldSatisfyAllConditions(answer => answer.Finish.ShouldBe("stop"), answer => answer.Text.ShouldNotBeNullOrWhiteSpace()),
        },
        new("chat.usage", "tokens are counted")
        {
            Outcome = outcome => outcome.Usage.ShouldBe((7, 4, 11)),
            Real = outcome => (outcome.Usage.Input > 3 && outcome.Usage.Output > 3 && outcome.Usage.Total == outcome.Usage.Input + outcome.Usage.Output).ShouldBeTrue(outcome.All),
        },
        new("chat.request-id", "`x-request-id` is the id of the answer") { Outcome = outcome => outcome.Id.ShouldBe("chatcmpl-" + outcome.RequestId), Real = outcome => outcome.Id.ShouldBe("chatcmpl-" + outcome.RequestId) },
        new("chat.system", "role `system`") { Arrived = request => (request.Messages![0].Role, request.Messages[0].Content, request.Messages.Count).ShouldBe(("system", "Be brief.", 2)) },
        new("chat.developer", "role `developer`, as system") { Without = [Clients.Ai], Arrived = request => (request.Messages![0].Role, request.Messages[0].Content, request.Messages.Count).ShouldBe(("system", "Be brief.", 2)) },
        new("chat.turns", "a conversation of several turns")
        {
            Arrived = request => request.Messages!.Select(message => message.Role).ShouldBe(["user", "assistant", "user"]),
            Real = outcome => outcome.Text.ShouldNotBeNullOrWhiteSpace(),
        },
        new("chat.parts", "content as text parts") { Arrived = request => request.Messages!.Single().Content.ShouldEndWith("\nsecond part") },
        new("chat.name", "`name` of a message") { Arrived = request => request.Messages!.Single().Name.ShouldBe("ada") },
        new("chat.unicode", "any character, both ways")
        {
            Script = () => new ScriptedRunner { Answer = _ => Characters },
            Arrived = request => request.Messages!.Single().Content.ShouldEndWith(Strange),
            Outcome = outcome => outcome.Text.ShouldBe(string.Concat(Characters)),
        },
        new("chat.length", "an answer cut short says `length`")
        {
            Script = () => new ScriptedRunner { Answer = _ => ["A ", "scripted "], FinishReason = "length" },
            Arrived = request => request.MaxTokens.ShouldBe(2),
            Outcome = outcome => (outcome.Text, outcome.Finish).ShouldBe(("A scripted ", "length")),
            Real = outcome => (outcome.Finish, outcome.Usage.Output).ShouldBe(("length", 2)),
        },
        new("chat.empty", "an empty answer") { Script = () => new ScriptedRunner { Answer = _ => [] }, Outcome = outcome => (outcome.Text ?? "", outcome.Finish).ShouldBe(("", "stop")) },
        new("chat.auto", "model `auto`") { Arrived = request => request.ModelId.ShouldBe("org/scripted"), Real = outcome => outcome.Model.ShouldBe(DemoModel.Id) },
    ];

    public static IReadOnlyList<Behaviour> Streams { get; } =
    [
        Stream("stream.plain", "`stream`: pieces arrive as they are made", ["A ", "scripted ", "answer", "."]) with
        {
            // A model that is faster than its reader may hand over all of it at once.
            Real = outcome => (string.Concat(outcome.Deltas), outcome.Finish).ShouldBe((outcome.Text, "stop")),
        },
        Stream("stream.usage", "`stream_options.include_usage`", ["A ", "scripted ", "answer", "."]) with
        {
            Outcome = outcome => outcome.Usage.ShouldBe((7, 4, 11)),
            Real = outcome => outcome.Usage.Output.ShouldBeGreaterThan(3),
        },
        Stream("stream.unicode", "any character", Characters),
        Stream("stream.lines", "text that looks like the framing", Framing),
        Stream("stream.long", "a long answer", Long),
        Stream("stream.empty", "an empty answer", []),
        Stream("stream.length", "an answer cut short says `length`", ["A "]) with
        {
            Script = () => new ScriptedRunner { Answer = _ => ["A "], FinishReason = "length" },
            Outcome = outcome => (outcome.Text, outcome.Finish).ShouldBe(("A ", "length")),
        },
        new("stream.abort", "a client that leaves stops the model")
        {
            Script = () => new ScriptedRunner { StallAt = 2 },
            Outcome = outcome => "A scripted ".ShouldStartWith(outcome.Text!),
            After = script => script.Cancelled.WaitAsync(Patience.Limit),
        },
    ];

    private static Behaviour Stream(string id, string says, string[] pieces) => new(id, says)
    {
        Streams = true,
        Script = () => new ScriptedRunner { Answer = _ => pieces },
        Outcome = outcome => outcome.ShouldSatisfyAllConditions(
            () => outcome.Deltas.ShouldBe(pieces),
            () => outcome.Text.ShouldBe(string.Concat(pieces)),
            () => outcome.Finish.ShouldBe("stop")),
    };
}
