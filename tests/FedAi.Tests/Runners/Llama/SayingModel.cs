using FedAi.Protocol.Messages;
using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

/// <summary>A runner whose model says one text, for tests that must know every byte of the answer.</summary>
internal sealed class SayingModel : IAsyncDisposable
{
    private readonly TempFolder folder = new();

    public LlamaRunner Runner { get; private set; } = null!;

    /// <summary>Any question; greedy.</summary>
    public static InferenceRequest Request { get; } = DemoModel.Ask("?");

    /// <summary>With 32,768 tokens of context an endless answer takes seconds: longer than any test needs to leave it.</summary>
    public static InferenceRequest LongRequest { get; } = Request with { MaxTokens = 32_000 };

    public static async Task<SayingModel> StartAsync(string text, bool endless = false, int slots = 4, TimeProvider? time = null)
    {
        var model = new SayingModel();
        TinyGguf.WriteSaying(model.folder.File("says.gguf"), text, contextTokens: 32_768, endless);
        model.Runner = await DemoModel.StartAsync(new()
        {
            ModelPath = model.folder.File("says.gguf"), ModelId = DemoModel.Id, ContextTokens = 32_768, Slots = slots,
        }, time);
        return model;
    }

    public async Task<string> SayAsync(InferenceRequest? request = null) =>
        DemoRunner.Text(await Runner.StreamAsync(request ?? Request, new CancellationTokenSource(Patience.Limit).Token).ToListAsync());

    public async ValueTask DisposeAsync()
    {
        await Runner.DisposeAsync();
        folder.Dispose();
    }
}
