using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Runners;
using FedAi.Runners.Llama;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Benchmarks;

/// <summary>For tests/gpu/check.sh: loads a model as a node does, once as it comes and once on the processor alone, asks a node for its status, and says what it found.</summary>
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
        var problem = layers > 0 ? await AskNodeAsync(model) : $"no layer is on the GPU: {detail ?? "none was put there"}";
        Console.WriteLine(problem ?? "a node's GET /status tells its layers, and nvidia-smi lists its runner");
        return problem is null ? 0 : 1;
    }

    /// <summary>What a node says of itself (CARD-09): layers and process in GET /status, and that process among those that nvidia-smi lists. Null, and what is wrong.</summary>
    private static async Task<string?> AskNodeAsync(string model)
    {
        await using var node = await TestDaemon.StartAsync(Role.Node, new FedAiOptions { Runner = new RunnerOptions { ModelPath = Path.GetFullPath(model) } });
        await Patience.UntilAsync(() => node.Services.GetRequiredService<IRunner>().Status.Ready);
        using var http = new HttpClient { BaseAddress = node.Base };
        var runner = JsonNode.Parse(await http.GetStringAsync(new Uri("status", UriKind.Relative)))!["runner"]!;
        if ((int)runner["gpuLayers"]! == 0) return $"GET /status tells no layer on the GPU: {(string?)runner["health"]!["detail"]}";
        using var smi = Process.Start(new ProcessStartInfo("nvidia-smi", ["--query-compute-apps=pid", "--format=csv,noheader"]) { RedirectStandardOutput = true })!;
        var listed = (await smi.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var pid = ((int)runner["pid"]!).ToString(CultureInfo.InvariantCulture);
        return listed.Contains(pid) ? null : $"nvidia-smi does not list the runner, process {pid}; it lists: {string.Join(' ', listed)} (in a container it sees none; run this outside)";
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
