using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

/// <summary>A runner whose small model has random weights: nothing is likely by itself, so whatever shapes an answer shows.</summary>
public sealed class RandomModel : IAsyncLifetime
{
    public const int ContextTokens = 2048;

    private readonly TempFolder folder = new();

    public LlamaRunner Runner { get; private set; } = null!;

    /// <summary>Any question, 40 tokens of answer.</summary>
    public static InferenceRequest Request { get; } = DemoModel.Ask("Say something.") with { MaxTokens = 40 };

    public async Task InitializeAsync() => Runner = await StartAsync(folder, slots: 4);

    internal static Task<LlamaRunner> StartAsync(TempFolder folder, int slots)
    {
        TinyGguf.WriteRandom(folder.File("random.gguf"), contextTokens: ContextTokens);
        return DemoModel.StartAsync(new() { ModelPath = folder.File("random.gguf"), ModelId = DemoModel.Id, ContextTokens = ContextTokens, Slots = slots });
    }

    public async Task DisposeAsync()
    {
        await Runner.DisposeAsync();
        folder.Dispose();
    }

    public async Task<List<InferenceEvent>> EventsAsync(InferenceRequest request)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        return await Runner.StreamAsync(request, patience.Token).ToListAsync(patience.Token);
    }
}
