using System.Text;
using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>The main job in separate processes with a real model: a streamed answer, its proof, and what others could see of it.</summary>
public sealed class ChainTests(Chain chain) : IClassFixture<Chain>
{
    private const string Question = "What is a router?";

    /// <summary>The demo model's own answer, greedy (runners/models/MODEL_CARD.md).</summary>
    private const string Answer = "A router receives requests from clients and picks a good node for each one. It looks at price, load, speed and trust, "
        + "forwards the request, and checks the signed metering record that comes back.";

    private static CancellationToken Limit => new CancellationTokenSource(Patience.Limit).Token;

    [Fact]
    public async Task Gateway_Question_StreamsTheModelsAnswerPieceByPiece()
    {
        var limit = Limit;
        var run = await chain.Client.AskAsync(chain.Model, Question, maxTokens: null, limit);
        // The runner joins pieces that nobody has taken yet, so on a busy machine this fast model may arrive whole.
        while (run.Arrivals.Count < 3) run = await chain.Client.AskAsync(chain.Model, Question, maxTokens: null, limit);

        run.Text.Trim().ShouldBe(Answer);
        run.Arrivals[^1].ShouldBeGreaterThan(run.Arrivals[0]);
        run.OutputTokens.ShouldBeGreaterThanOrEqualTo(run.Arrivals.Count);
    }

    [Fact]
    public async Task Proof_OfAnAnswer_HoldsUntilOneNumberIsAltered()
    {
        var run = await chain.Client.AskAsync(chain.Model, Question, maxTokens: null, Limit);
        var proof = JsonNode.Parse(await chain.Client.ProofAsync(run.RequestId, Limit))!;
        using var folder = new TempFolder();
        var file = folder.File("proof.json");

        await File.WriteAllTextAsync(file, proof.ToJsonString());
        var genuine = await chain.Federation.CommandAsync(Limit, "metering", "verify", file);
        var metering = proof["metering"]!["payload"]!;
        metering["outputTokens"]!.GetValue<int>().ShouldBe(run.OutputTokens);
        metering["inputTokens"] = metering["inputTokens"]!.GetValue<int>() + 1;
        await File.WriteAllTextAsync(file, proof.ToJsonString());
        var altered = await chain.Federation.CommandAsync(Limit, "metering", "verify", file);

        genuine.ExitCode.ShouldBe(0, genuine.Output + genuine.Errors);
        genuine.Output.ShouldContain("valid");
        altered.ExitCode.ShouldBe(1, altered.Output + altered.Errors);
        altered.Output.ShouldContain("invalid");
    }

    [Fact]
    public async Task Relay_DuringAnAnswer_SeesNeitherPromptNorOutput()
    {
        var marker = $"marker{Guid.CreateVersion7():N}";
        var asked = await chain.Client.AskAsync(chain.Model, $"What is a node? {marker}", maxTokens: null, Limit);
        var answered = await chain.Client.AskAsync(chain.Model, Question, maxTokens: null, Limit);
        var seen = chain.Capture.Frames.SelectMany(frame => frame.Append((byte)'\n')).ToArray();

        asked.OutputTokens.ShouldBeGreaterThan(0);
        LeakSearch.Find(seen, marker).ShouldBeNull();
        LeakSearch.Find(seen, "forwards the request, and checks").ShouldBeNull();
        // The same search over the same frames finds what does belong there, and over the answer finds what belongs there.
        LeakSearch.Find(seen, "CAPS_ANNOUNCE").ShouldBe("UTF-8");
        LeakSearch.Find(Encoding.UTF8.GetBytes(answered.Text), "forwards the request, and checks").ShouldBe("UTF-8");
    }

    /// <summary>Row ARC-12: what daemons write to relays is discovery and trust, and nothing else.</summary>
    [Fact]
    public async Task Relay_DuringAnAnswer_GetsNoKindsButThoseOfDiscoveryAndTrust()
    {
        await chain.Client.AskAsync(chain.Model, Question, maxTokens: null, Limit);

        var kinds = chain.Capture.Frames.Select(frame => JsonNode.Parse(frame)!.AsArray())
            .Where(frame => (string)frame[0]! == "EVENT").Select(frame => (int)frame[^1]!["kind"]!).ToHashSet();

        kinds.ShouldBeSubsetOf([30020, 30021, 30022, 30023, 20020, 20021, 20022, 20023, 3, 5, 1984, 10000, 10002, 22242, 30078, 30382]);
        kinds.ShouldContain(30020);
    }

    [Fact]
    public async Task Logs_AfterAnAnswer_HoldNeitherPromptNorOutputNorKey()
    {
        var marker = $"marker{Guid.CreateVersion7():N}";
        await chain.Client.AskAsync(chain.Model, $"{Question} {marker}", maxTokens: null, Limit);
        await chain.Client.AskAsync(chain.Model, Question, maxTokens: null, Limit);

        foreach (var (name, process) in new[] { ("router", chain.Router), ("node", chain.Node), ("gateway", chain.Gateway) })
        {
            var secret = await File.ReadAllTextAsync(Path.Combine(chain.Federation.Data(name), "identity.nsec"));
            var log = Encoding.UTF8.GetBytes(process.Output);
            LeakSearch.Find(log, marker).ShouldBeNull(name);
            LeakSearch.Find(log, "forwards the request, and checks").ShouldBeNull(name);
            LeakSearch.Find(log, secret.Trim()).ShouldBeNull(name);
            process.Output.ShouldContain("ready", customMessage: name);
        }
    }

    [Fact]
    public void Processes_WhileServing_OnlyTheCagedChildHoldsLlama()
    {
        var runner = ProcessTree.Find(chain.Node.Id, "fedai-llama").ShouldHaveSingleItem();

        ProcessTree.HasMapped(runner, "libllama").ShouldBeTrue();
        foreach (var daemon in new[] { chain.Router, chain.Node, chain.Gateway }) ProcessTree.HasMapped(daemon.Id, "libllama").ShouldBeFalse();
        ProcessTree.HasMapped(runner, "libsecp256k1").ShouldBeFalse();
    }
}
