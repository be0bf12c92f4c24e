using System.Diagnostics;
using FedAi.LlamaHost.Native;
using FedAi.Protocol.Messages;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.LlamaHost;

/// <summary>Makes vectors of texts, several at once, in steps between those of the answers. Used by the loop's thread.</summary>
internal sealed class Embedder(LoadedModel model, EventWriter events) : IDisposable
{
    private readonly LinkedList<EmbeddedText> waiting = new();
    private readonly EmbeddedText?[] running = new EmbeddedText?[EmbeddingContext.Sequences];
    private readonly Dictionary<long, (int Left, int Tokens)> jobs = [];
    private readonly List<(EmbeddedText Text, int OutputIndex)> outputs = [];
    private EmbeddingContext? context;
    private Batch batch;
    private int chunk = LoopRules.FirstChunk;
    private TimeSpan alone;
    private int held;

    public bool HasWork => jobs.Count > 0;

    public void Add(Job job)
    {
        if (context is null)
        {
            context = EmbeddingContext.TryCreate(model, out var problem);
            if (context is null)
            {
                events.Error(job.Id, ErrorCode.RunnerError.Wire(), problem!);
                return;
            }
            batch = LlamaApi.llama_batch_init(context.BatchTokens, 0, 1);
        }
        for (var i = 0; i < job.Texts!.Count; i++) waiting.AddLast(new EmbeddedText(job.Id, i, job.Texts[i], context.Dimensions));
        jobs[job.Id] = (job.Texts.Count, job.Texts.Sum(text => text.Length));
    }

    /// <summary>False when there is no such job.</summary>
    public bool Cancel(long id)
    {
        if (!Drop(id)) return false;
        events.Final(id, "cancelled", 0, 0, 0);
        return true;
    }

    public void Step()
    {
        var began = Stopwatch.GetTimestamp();
        Begin();
        FillBatch();
        if (context!.TryDecode(batch)) TakeOutputs();
        else FailAll();
        var step = Stopwatch.GetElapsedTime(began);
        if (batch.Count <= 1) alone = step;
        chunk = LoopRules.NextChunk(chunk, context.BatchTokens, step, alone);
    }

    public void Dispose()
    {
        if (context is null) return;
        LlamaApi.llama_batch_free(batch);
        context.Dispose();
    }

    /// <summary>Texts get a sequence in their order, as long as all that run fit into the context together.</summary>
    private void Begin()
    {
        for (var i = 0; i < running.Length && waiting.First is { } next && held + next.Value.Tokens.Length <= model.ContextTokens; i++)
        {
            if (running[i] is not null) continue;
            waiting.RemoveFirst();
            running[i] = next.Value;
            held += next.Value.Tokens.Length;
        }
    }

    private void FillBatch()
    {
        batch.Count = 0;
        outputs.Clear();
        var share = context!.SeesAhead ? context.BatchTokens : chunk;
        for (var sequence = 0; sequence < running.Length; sequence++)
        {
            if (running[sequence] is not { } text) continue;
            var take = Math.Min(share, text.Tokens.Length - text.Read);
            if (context.SeesAhead && take < text.Tokens.Length) continue;
            share -= take;
            for (; take > 0; take--, text.Read++)
            {
                var wanted = context.Wants(text.Read, text.Tokens.Length);
                var index = batch.Add(text.Tokens[text.Read], text.Read, sequence, wanted);
                if (wanted) outputs.Add((text, index));
            }
        }
    }

    private void TakeOutputs()
    {
        foreach (var (text, index) in outputs) text.Add(context!.VectorAt(index));
        for (var sequence = 0; sequence < running.Length; sequence++)
        {
            if (running[sequence] is not { } text || text.Read < text.Tokens.Length) continue;
            Free(sequence);
            events.Vector(text.JobId, text.Index, text.Normalised());
            var (left, tokens) = jobs[text.JobId];
            jobs[text.JobId] = (left - 1, tokens);
            if (left > 1) continue;
            jobs.Remove(text.JobId);
            events.Final(text.JobId, "stop", tokens, 0, 0);
        }
    }

    private void FailAll()
    {
        foreach (var id in running.Where(text => text is not null).Select(text => text!.JobId).Distinct().ToList())
        {
            Drop(id);
            events.Error(id, ErrorCode.RunnerError.Wire(), "llama.cpp could not run this step; try again");
        }
    }

    private bool Drop(long id)
    {
        if (!jobs.Remove(id)) return false;
        for (var node = waiting.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.JobId == id) waiting.Remove(node);
            node = next;
        }
        for (var sequence = 0; sequence < running.Length; sequence++) if (running[sequence]?.JobId == id) Free(sequence);
        return true;
    }

    private void Free(int sequence)
    {
        held -= running[sequence]!.Tokens.Length;
        running[sequence] = null;
        context!.Forget(sequence);
    }
}
