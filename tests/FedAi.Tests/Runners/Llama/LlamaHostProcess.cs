using FedAi.Runners.Llama;
using FedAi.Runners.Llama.Pipe;
using FedAi.Runners.Sandbox;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

/// <summary>A fedai-llama with a small model of random weights, asked over its pipe.</summary>
public sealed class LlamaHostProcess : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private LlamaChild child = null!;

    /// <summary>Any prompt; greedy.</summary>
    internal static Generation Ask { get; } = new()
    {
        Prompt = "Say something.", MaxTokens = 20, Seed = 1, Temperature = 0, TopK = 0, TopP = 1, MinP = 0, PresencePenalty = 0, FrequencyPenalty = 0, Stop = [],
    };

    public async Task InitializeAsync()
    {
        TinyGguf.WriteRandom(folder.File("random.gguf"));
        var (host, libraries) = (LlamaFiles.FindHost(null)!, LlamaFiles.FindLibraries(null)!);
        child = await LlamaChild.StartAsync(Cage.FindStrongest(), LlamaCommand.For(host, libraries, folder.File("random.gguf"), LlamaFiles.FindDotnet(host)), TimeProvider.System);
        (await child.LoadAsync(new(libraries, folder.File("random.gguf"), 512, 4, 1, 1L << 31)))!.Value.Kind.ShouldBe(HostEventKind.Ready);
    }

    public Task DisposeAsync()
    {
        child.Dispose();
        folder.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>The text and the final event.</summary>
    internal async Task<(string Text, HostEvent End)> AnswerAsync(Generation ask)
    {
        var events = await EventsAsync(ask);
        events[^1].Kind.ShouldBe(HostEventKind.Final, events[^1].Hint);
        return (string.Concat(events.Where(step => step.Kind == HostEventKind.Token).Select(step => step.Text)), events[^1]);
    }

    internal async Task<HostEvent> ErrorAsync(Generation ask)
    {
        var end = (await EventsAsync(ask))[^1];
        end.Kind.ShouldBe(HostEventKind.Error);
        return end;
    }

    /// <summary>Whether it ends well or is refused is its own business, but it ends.</summary>
    internal async Task EndAsync(Generation ask) =>
        (await EventsAsync(ask))[^1].Kind.ShouldBeOneOf(HostEventKind.Final, HostEventKind.Error);

    private async Task<List<HostEvent>> EventsAsync(Generation ask)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        await using var call = child.Begin(ask)!;
        var events = await call.Events.ReadAllAsync(patience.Token).ToListAsync(patience.Token);
        events.ShouldNotBeEmpty($"the process ended: {child.LastWords}");
        return events;
    }
}
