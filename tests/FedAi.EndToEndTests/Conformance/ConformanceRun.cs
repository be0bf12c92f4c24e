using System.Collections.Concurrent;
using FedAi.EndToEndTests.Conformance.Behaviours;
using FedAi.EndToEndTests.Conformance.DotNet;
using FedAi.Runners;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Conformance;

/// <summary>
/// Runs every case once, before the tests of the class look at the verdicts: gateway, router and node are real and talk over
/// loopback; the clients run beside each other, each its own cases one after another.
/// </summary>
public sealed class ConformanceRun : IAsyncLifetime
{
    private static readonly int[] Seeds = [0, 1, 2, 3];

    private readonly ConcurrentDictionary<Case, Verdict> verdicts = new();

    /// <summary>How a case ended; null: it was not run.</summary>
    internal Verdict? this[Case which] => verdicts.GetValueOrDefault(which);

    /// <summary>How many cases hold.</summary>
    internal int Held(Variant variant) => verdicts.Count(verdict => verdict.Key.Variant == variant && verdict.Value == Verdict.Holds);

    public async Task InitializeAsync()
    {
        await using var replays = await ReplayServer.StartAsync();
        var runner = new CaseRunner();
        await OnChainAsync(runner, (name, client, chain) => ScriptedAsync(name, client, chain, runner, replays));
        await using var llama = await DemoModel.StartAsync();
        await OnChainAsync(llama, RealAsync);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private static async Task OnChainAsync(IRunner runner, Func<string, IClient, EdgeChain, Task> run)
    {
        await using var chain = await EdgeChain.StartAsync(runner);
        await Task.WhenAll(Clients.All.Select(async name =>
        {
            await using var client = Open(name);
            await run(name, client, chain);
        }));
    }

    private static IClient Open(string name) => name switch
    {
        Clients.OpenAi => new NpmClient("conformance/openai.mjs"),
        Clients.Ai => new NpmClient("conformance/ai.mjs"),
        _ => new DotNetClient(),
    };

    private async Task ScriptedAsync(string name, IClient client, EdgeChain chain, CaseRunner runner, ReplayServer replays)
    {
        foreach (var behaviour in AllBehaviours.All.Where(behaviour => !behaviour.Without.Contains(name)))
        {
            foreach (var edge in behaviour.Edges)
            {
                var word = $"{behaviour.Id}/{name.Replace(' ', '-')}/{edge}";
                var call = new CaseCall(chain[edge], "scripted", word, behaviour.Key is { } limits ? await chain.IssueKeyAsync(limits) : "any");
                var script = behaviour.Script();
                runner.Add(word, script);
                await JudgeAsync(new Case(behaviour.Id, name, edge, Variant.Scripted), client, behaviour, call, outcome => Check(behaviour, script, outcome));
                if (behaviour.Streams)
                    await TryAsync(new Case(behaviour.Id, name, edge, Variant.InPieces), () => InPiecesAsync(client, behaviour, call, replays));
            }
        }
    }

    private async Task RealAsync(string name, IClient client, EdgeChain chain)
    {
        foreach (var behaviour in AllBehaviours.All.Where(behaviour => behaviour.Real is not null && !behaviour.Without.Contains(name)))
        {
            foreach (var edge in behaviour.Edges)
            {
                await JudgeAsync(new Case(behaviour.Id, name, edge, Variant.Real), client, behaviour, new CaseCall(chain[edge], DemoModel.Id, "What is a router?"), outcome =>
                {
                    behaviour.Real!(outcome);
                    return Task.CompletedTask;
                });
            }
        }
    }

    private static async Task Check(Behaviour behaviour, ScriptedRunner script, Outcome outcome)
    {
        behaviour.Outcome(outcome);
        if (!behaviour.Reaches) script.Requests.ShouldBeEmpty("it was to be refused before it reaches the model");
        if (behaviour.Arrived is { } check)
        {
            script.Requests.ShouldNotBeEmpty("nothing reached the model");
            foreach (var request in script.Requests) check(request);
        }

        if (behaviour.After is { } after) await after(script);
    }

    /// <summary>The stream is recorded once, then read again in pieces of one byte, and of sizes that seeds give: always the same answer.</summary>
    private static async Task<Verdict> InPiecesAsync(IClient client, Behaviour behaviour, CaseCall call, ReplayServer replays)
    {
        var whole = await client.RunAsync(behaviour.Id, call with { Record = true });
        if (whole is null) return Verdict.Missing;
        whole.Answers.ShouldContain(answer => answer.Type.StartsWith("text/event-stream", StringComparison.Ordinal), "there is no stream to cut");
        foreach (var seed in Seeds)
        {
            var pieces = await client.RunAsync(behaviour.Id, call with { Address = replays.Play(whole.Answers), Seed = seed });
            pieces!.Outcome.ToJsonString().ShouldBe(whole.Outcome.ToJsonString(), $"seed {seed}");
        }

        return Verdict.Holds;
    }

    private Task JudgeAsync(Case which, IClient client, Behaviour behaviour, CaseCall call, Func<Outcome, Task> check) => TryAsync(which, async () =>
    {
        if (await client.RunAsync(behaviour.Id, call) is not { } run) return Verdict.Missing;
        try
        {
            await check(new Outcome(which.Client, run.Outcome));
            return Verdict.Holds;
        }
        catch (ShouldAssertException exception)
        {
            return new Verdict($"{exception.Message}\nThe client reports: {run.Outcome.ToJsonString()}");
        }
    });

    private async Task TryAsync(Case which, Func<Task<Verdict>> run)
    {
        try
        {
            verdicts[which] = await run();
        }
        catch (Exception exception)
        {
            verdicts[which] = new Verdict(exception.Message);
        }
    }
}
