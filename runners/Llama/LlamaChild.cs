using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using FedAi.Runners.Llama.Pipe;
using FedAi.Runners.Sandbox;

namespace FedAi.Runners.Llama;

/// <summary>
/// One running fedai-llama: sends it commands, gives each event to the request it belongs to, and ends the process when
/// it breaks the rules of the pipe (DECISIONS E20): more than 1 MiB without a line, nothing to hear for 30 s while it has
/// work, a line that makes no sense; or when it computes more than its work can need.
/// </summary>
internal sealed class LlamaChild : IDisposable
{
    private const int LongestLine = 1 << 20;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private readonly CagedProcess process;
    private readonly ITimer watch;
    private readonly ConcurrentDictionary<long, LlamaCall> calls = new();
    private readonly Channel<HostCommand> commands = Channel.CreateUnbounded<HostCommand>(new() { SingleReader = true }); // at most two per call
    private readonly TaskCompletionSource<HostEvent?> loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task draining;
    private readonly Lock gate = new();
    private TaskCompletionSource? drained;
    private long lastId;
    private long lastUsed;
    private long lastHeard;
    private string? violation;
    private int threads;
    private ProcessorWatch? processor;

    private LlamaChild(CagedProcess process, TimeProvider time)
    {
        this.process = process;
        Time = time;
        lastHeard = lastUsed = time.GetTimestamp();
        watch = time.CreateTimer(_ => EndIfUnruly(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        draining = DrainErrorsAsync();
        _ = WriteCommandsAsync();
        new Thread(Pump) { IsBackground = true, Name = "runner pipe" }.Start();
    }

    public TimeProvider Time { get; }

    /// <summary>The process that runs the model: the innermost of those that were started, which is the cage's own where there is none inside.</summary>
    public int RunnerProcessId()
    {
        var id = process.Id;
        while (ChildOf(id) is { } inner) id = inner;
        return id;
    }

    /// <summary>Completes when the process is gone, with the reason as far as it is known.</summary>
    public Task<string> Ended => ended.Task;

    /// <summary>The process's last words: an assertion of llama.cpp, an exception; said while loading, it is the reason.</summary>
    public string LastWords { get; private set; } = "";

    public static async Task<LlamaChild> StartAsync(Cage cage, CageCommand command, TimeProvider time) =>
        new(await CagedProcess.StartAsync(cage, command).ConfigureAwait(false), time);

    /// <summary>The ready or the error event; null when the process ended before.</summary>
    public Task<HostEvent?> LoadAsync(LoadSettings settings)
    {
        threads = settings.Threads;
        Send(new("load", 0) { Load = settings });
        return loaded.Task;
    }

    /// <summary>Percent of the model that is loaded.</summary>
    public int Loaded { get; private set; }

    /// <summary>Requests that run or wait.</summary>
    public int Calls => calls.Count;

    /// <summary>How long there has been no request; zero while there is one.</summary>
    public TimeSpan Idle => calls.IsEmpty ? Time.GetElapsedTime(Volatile.Read(ref lastUsed)) : TimeSpan.Zero;

    /// <summary>Takes no more requests; completes when those that run have ended.</summary>
    public Task DrainAsync()
    {
        lock (gate)
        {
            drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (calls.IsEmpty) drained.TrySetResult();
            return drained.Task;
        }
    }

    /// <summary>Starts a request; its events come through the call, which has to be disposed. Null when no more are taken.</summary>
    public LlamaCall? Begin(Generation generation) => Begin(generation.MaxTokens, id => new("infer", id) { Infer = generation });

    /// <summary>Starts to make vectors of texts; as above.</summary>
    public LlamaCall? Begin(IReadOnlyList<string> texts) => Begin(texts.Count, id => new("embed", id) { Embed = texts });

    private LlamaCall? Begin(int most, Func<long, HostCommand> command)
    {
        var call = new LlamaCall(this, Interlocked.Increment(ref lastId), most);
        lock (gate)
        {
            if (drained is not null) return null;
            if (calls.IsEmpty) Volatile.Write(ref lastHeard, Time.GetTimestamp());
            calls[call.Id] = call;
        }
        if (ended.Task.IsCompleted) EndCalls();
        else Send(command(call.Id));
        return call;
    }

    public void Cancel(long id) => Send(new("cancel", id));

    public void Dispose()
    {
        watch.Dispose();
        process.Dispose();
    }

    private void Send(HostCommand command) => commands.Writer.TryWrite(command);

    /// <summary>In the order they were given, by one writer: a caller never waits for a child that does not read.</summary>
    private async Task WriteCommandsAsync()
    {
        try
        {
            await foreach (var command in commands.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(command, PipeJson.Default.HostCommand), (byte)'\n'];
                await process.Input.WriteAsync(line).ConfigureAwait(false);
                await process.Input.FlushAsync().ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // it is gone: the thread that reads its pipe ends all calls
        }
        await process.Input.DisposeAsync().ConfigureAwait(false);
    }

    private void Pump()
    {
        var buffer = new byte[16_384];
        var filled = 0;
        while (violation is null && Read(buffer.AsSpan(filled)) is > 0 and var count)
        {
            Volatile.Write(ref lastHeard, Time.GetTimestamp());
            filled += count;
            var rest = buffer.AsSpan(0, filled);
            while (rest.IndexOf((byte)'\n') is >= 0 and var end)
            {
                if (!TryHandle(rest[..end])) EndFor("it sent a line that is not allowed");
                rest = rest[(end + 1)..];
            }
            if (rest.Length > LongestLine) EndFor("it sent more than 1 MiB without a line");
            filled = rest.Length;
            rest.CopyTo(buffer);
            if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        }
        if (!process.Exited.Wait(TimeSpan.FromSeconds(1))) process.Kill(); // it closed its pipe: there is no use for it
        var code = process.Exited.GetAwaiter().GetResult();
        draining.Wait(TimeSpan.FromSeconds(1)); // its last words
        watch.Dispose();
        commands.Writer.TryComplete();
        process.Output.Dispose();
        ended.TrySetResult(violation ?? $"it ended with code {code}");
        loaded.TrySetResult(null);
        EndCalls();
    }

    private int Read(Span<byte> buffer)
    {
        try
        {
            return process.Output.Read(buffer);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private bool TryHandle(ReadOnlySpan<byte> line)
    {
        if (!EventReader.TryRead(line, out var @event)) return false;
        if (@event.Kind == HostEventKind.Loading) Loaded = Math.Clamp(@event.Count, Loaded, 100);
        if (@event.Kind is HostEventKind.Busy or HostEventKind.Loading) return true;
        if (@event.Id == 0) return loaded.TrySetResult(@event);
        if (!calls.TryGetValue(@event.Id, out var call) || !call.TryDeliver(@event)) return false;
        if (@event.Kind is HostEventKind.Final or HostEventKind.Error) Remove(@event.Id);
        return true;
    }

    private void Remove(long id)
    {
        lock (gate)
        {
            calls.TryRemove(id, out _);
            Volatile.Write(ref lastUsed, Time.GetTimestamp());
            if (calls.IsEmpty) drained?.TrySetResult();
        }
    }

    private void EndCalls()
    {
        foreach (var (id, call) in calls)
        {
            Remove(id);
            call.End();
        }
    }

    private void EndIfUnruly()
    {
        var busy = !loaded.Task.IsCompleted || !calls.IsEmpty;
        if (busy && Time.GetElapsedTime(Volatile.Read(ref lastHeard)) > LongestSilence) EndFor("it was silent for 30 s while it had work");
        if (loaded.Task is { IsCompleted: true, Result.Kind: HostEventKind.Ready } && (processor ??= new(RunnerProcessId(), threads)).IsOver(busy))
            EndFor(busy ? "it used more processors than its threads" : "it used the processor without work");
    }

    private static int? ChildOf(int id)
    {
        try
        {
            return int.TryParse(File.ReadAllText($"/proc/{id}/task/{id}/children").Split(' ')[0], out var child) ? child : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended, which may be while this is read; or nobody may look at it.
            return null;
        }
    }

    private void EndFor(string reason)
    {
        violation = reason;
        process.Kill();
    }

    /// <summary>Keeps the pipe empty, so that the child never blocks on it, and the last kilobyte in memory.</summary>
    private async Task DrainErrorsAsync()
    {
        using var reader = new StreamReader(process.Error);
        var buffer = new char[1024];
        while (await reader.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var count)
        {
            var words = LastWords + string.Create(count, buffer, (text, from) =>
            {
                for (var i = 0; i < text.Length; i++) text[i] = char.IsControl(from[i]) ? ' ' : from[i];
            });
            LastWords = words.Length <= 1024 ? words : words[^1024..];
        }
    }
}
