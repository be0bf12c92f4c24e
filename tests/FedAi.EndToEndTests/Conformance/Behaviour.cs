using FedAi.Daemon.Store;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Conformance;

/// <summary>
/// One thing that a client of OpenAI relies on: what the model says, what must arrive at it, and what the client must make of the
/// answer. Each client has a case of the same id that asks in that client's own words; asked at gateway and router it is one case each.
/// </summary>
internal sealed record Behaviour(string Id, string Says)
{
    /// <summary>What the default script answers.</summary>
    public const string Answer = "A scripted answer.";

    public Mark Mark { get; init; } = Mark.Yes;

    /// <summary>The model of this case; every case has one of its own.</summary>
    public Func<ScriptedRunner> Script { get; init; } = static () => new ScriptedRunner();

    /// <summary>Checked for what reached the model; null where it does not matter, or where nothing must reach it.</summary>
    public Action<InferenceRequest>? Arrived { get; init; }

    /// <summary>False: the request must be refused before it reaches the model.</summary>
    public bool Reaches { get; init; } = true;

    /// <summary>Checks what the client reports.</summary>
    public Action<Outcome> Outcome { get; init; } = static outcome => (outcome.Text, outcome.Finish).ShouldBe((Answer, "stop"));

    /// <summary>What must happen at the model after the client is done.</summary>
    public Func<ScriptedRunner, Task>? After { get; init; }

    /// <summary>The same case over llama.cpp with the demo model; null: over the script only.</summary>
    public Action<Outcome>? Real { get; init; }

    /// <summary>Clients that have no call for it.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>The API key that the case has, where it asks with one from another machine; only routers give keys.</summary>
    public Func<ApiKeyRow, ApiKeyRow>? Key { get; init; }

    /// <summary>Where it is asked.</summary>
    public IReadOnlyList<string> Edges => Key is null ? EdgeChain.Edges : [EdgeChain.Router];

    /// <summary>The answer is a stream, which is also read in pieces of any size.</summary>
    public bool Streams { get; init; }
}
