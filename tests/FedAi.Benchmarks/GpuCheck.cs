using System.Diagnostics;
using System.Globalization;
using FedAi.Runners;
using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Benchmarks;

/// <summary>For tests/gpu/check.sh: loads a model as a node does, once as it comes and once on the processor alone, and says what it found.</summary>
internal static class GpuCheck
{
    private const int Tokens = 400;

    /// <summary>0 when layers are on the GPU.</summary>
    public static async Task<int> RunAsync(string model)
    {
        var options = new LlamaRunnerOptions { ModelPath = model, ModelId = DemoModel.Id };
        var (layers, speed, detail) = await MeasureAsync(options);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"on the GPU: {layers} layers, {speed:0} tokens/s"));
        var alone = (await MeasureAsync(options with { GpuLayers = 0 })).Speed;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"on the processor: {alone:0} tokens/s"));
        if (layers > 0) return 0;
        Console.WriteLine($"no layer is on the GPU: {detail ?? "llama.cpp's CUDA build found no device"}");
        return 1;
    }

    private static async Task<(int Layers, double Speed, string? Detail)> MeasureAsync(LlamaRunnerOptions options)
    {
        await using var runner = await DemoModel.StartAsync(options);
        await RunAsync(runner);
        return (runner.Status.GpuLayers, await RunAsync(runner), runner.Status.Detail);
    }

    /// <summary>Tokens a second from the first to the last.</summary>
    private static async Task<double> RunAsync(LlamaRunner runner)
    {
        var (first, made) = (0L, 0);
        await foreach (var step in runner.StreamAsync(DemoModel.Ask("Tell a long story about routers.") with { MaxTokens = Tokens }, CancellationToken.None))
        {
            if (step is InferenceFailure failure) throw new InvalidOperationException(failure.Refusal.Hint);
            if (step is not InferenceDelta delta) continue;
            if (first == 0) first = Stopwatch.GetTimestamp();
            else made += delta.Tokens;
        }
        return made / Stopwatch.GetElapsedTime(first).TotalSeconds;
    }
}
