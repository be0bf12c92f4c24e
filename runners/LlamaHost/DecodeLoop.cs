using System.Diagnostics;
using FedAi.LlamaHost.Native;
using FedAi.Protocol.Messages;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.LlamaHost;

/// <summary>
/// The one loop that runs the model: each step reads a piece of new prompts and makes one token for every running
/// answer, all in one batch. Requests join and leave between steps. Runs on one thread until the parent is gone.
/// </summary>
internal sealed class DecodeLoop(LoadedModel model, int slotCount, JobReader reader, EventWriter events) : IDisposable
{
    private readonly Slot?[] slots = new Slot?[slotCount];
    private readonly bool[] busy = new bool[slotCount];
    private readonly KeptSequence?[] kept = new KeptSequence?[slotCount];
    private readonly Embedder embedder = new(model, events);
    private readonly LinkedList<Job> waiting = new();
    private readonly List<Slot> prompts = [];
    private Batch batch = LlamaApi.llama_batch_init(LoadedModel.BatchTokens + slotCount, 0, 1);
    private int chunk = LoopRules.FirstChunk;
    private TimeSpan alone;
    private int running;
    private long turn;
    private long lastFlush = Stopwatch.GetTimestamp();

    public void Run()
    {
        while (TakeJobs())
        {
            FillSlots();
            if (running > 0) Step();
            if (embedder.HasWork) embedder.Step();
            if (running == 0 || embedder.HasWork) Flush();
        }
    }

    public void Dispose()
    {
        foreach (var slot in slots) slot?.Dispose();
        foreach (var job in waiting) job.Grammar?.Dispose();
        embedder.Dispose();
        LlamaApi.llama_batch_free(batch);
    }

    /// <summary>Takes what has come; waits only when there is nothing else to do. False when nothing will come any more.</summary>
    private bool TakeJobs()
    {
        if (running == 0 && waiting.Count == 0 && !embedder.HasWork)
        {
            if (!reader.Jobs.TryTake(out var first, Timeout.Infinite)) return false;
            lastFlush = Stopwatch.GetTimestamp();
            Take(first);
        }
        while (reader.Jobs.Count > 0 && reader.Jobs.TryTake(out var job)) Take(job);
        return !reader.Jobs.IsAddingCompleted;
    }

    private void Take(Job job)
    {
        if (job.Settings is not null) waiting.AddLast(job);
        else if (job.Texts is not null) embedder.Add(job);
        else if (job.Refusal is { } refusal) events.Error(job.Id, refusal.Code.Wire(), refusal.Hint ?? "");
        else Cancel(job.Id);
    }

    /// <summary>Answers only for a request that is still there; the end of any other is on its way already.</summary>
    private void Cancel(long id)
    {
        if (embedder.Cancel(id)) return;
        if (Array.Find(slots, slot => slot?.Id == id) is { } slot)
        {
            Release(slot, "cancelled");
        }
        else if (waiting.FirstOrDefault(job => job.Id == id) is { } job)
        {
            waiting.Remove(job);
            job.Grammar?.Dispose();
            events.Final(id, "cancelled", 0, 0, 0);
        }
    }

    private void FillSlots()
    {
        while (waiting.First?.Value is { } job && ReuseRules.Choose(busy, kept, job.Settings!.CacheKey, job.Prompt) is var (sequence, remembered))
        {
            waiting.RemoveFirst();
            if (kept[sequence] is not null && !model.KeepOnly(sequence, remembered)) remembered = 0;
            kept[sequence] = null;
            var slot = new Slot(model, sequence, job, remembered);
            (slots[sequence], busy[sequence]) = (slot, true);
            prompts.Add(slot);
            running++;
        }
    }

    private void Step()
    {
        var began = Stopwatch.GetTimestamp();
        var promptTokens = FillBatch();
        var result = LlamaApi.llama_decode(model.Context, batch);
        if (result != 0) FailAll(result);
        else foreach (var slot in slots) if (slot?.OutputIndex >= 0) Advance(slot);
        var step = Stopwatch.GetElapsedTime(began);
        if (promptTokens <= 1) alone = step;
        if (promptTokens > 0) chunk = LoopRules.NextChunk(chunk, LoadedModel.BatchTokens, step, alone);
        var sinceFlush = Stopwatch.GetElapsedTime(lastFlush);
        if (running == 0 || LoopRules.IsTimeToFlush(sinceFlush, step) || Array.Exists(slots, slot => slot is { Answer.FirstWaits: true })) Flush(sinceFlush);
    }

    /// <summary>One token of every running answer, and a piece of the prompts, first come first served; how many tokens those are. In the order of sequences, which llama.cpp batches best.</summary>
    private int FillBatch()
    {
        batch.Count = 0;
        var share = chunk;
        foreach (var slot in prompts)
        {
            slot.Share = Math.Min(share, slot.Prompt.Length - slot.PromptRead);
            share -= slot.Share;
        }
        foreach (var slot in slots)
        {
            if (slot is null) continue;
            slot.OutputIndex = -1;
            if (!slot.ReadsPrompt)
            {
                slot.OutputIndex = batch.Add(slot.NextToken, slot.NextPosition, slot.Sequence, wantLogits: true);
                continue;
            }
            for (; slot.Share > 0; slot.Share--, slot.PromptRead++)
            {
                var last = slot.PromptRead == slot.Prompt.Length - 1;
                var index = batch.Add(slot.Prompt[slot.PromptRead], slot.PromptRead, slot.Sequence, last);
                if (last) slot.OutputIndex = index;
            }
        }
        return chunk - share;
    }

    private void Advance(Slot slot)
    {
        if (prompts.Remove(slot)) events.Started(slot.Id, slot.Prompt.Length);
        var reason = slot.Advance();
        if (slot.ComputesNoNumbers) Fail(slot, ErrorCode.RunnerError, "the model computes no numbers: its weights are damaged; get its file again");
        else if (reason is not null) Release(slot, reason);
        else if (slot.TooSlow) Fail(slot, ErrorCode.InvalidRequest, "the wanted form of the answer has so many ways to go on that others would wait; simplify the schema");
    }

    /// <summary>llama.cpp could not run the batch; which request is at fault it does not say.</summary>
    private void FailAll(int result)
    {
        foreach (var slot in slots)
        {
            if (slot is not null) Fail(slot, ErrorCode.RunnerError, $"llama.cpp could not run this step (result {result}); try again");
        }
    }

    private void Fail(Slot slot, ErrorCode code, string hint)
    {
        events.Error(slot.Id, code.Wire(), hint);
        model.Forget(slot.Sequence);
        Free(slot);
    }

    private void Release(Slot slot, string reason)
    {
        WriteText(slot);
        events.Final(slot.Id, reason, slot.Prompt.Length, slot.Made, slot.Cached);
        if (slot.CacheKey is { } key) kept[slot.Sequence] = new(key, slot.Remembered, ++turn);
        else model.Forget(slot.Sequence);
        Free(slot);
    }

    private void Free(Slot slot)
    {
        prompts.Remove(slot);
        (slots[slot.Sequence], busy[slot.Sequence]) = (null, false);
        slot.Dispose();
        running--;
    }

    private void WriteText(Slot slot)
    {
        if (slot.Answer.Pending.IsEmpty) return;
        events.Token(slot.Id, slot.Answer.Pending, slot.Answer.PendingTokens);
        slot.Answer.Taken();
    }

    private void Flush(TimeSpan sinceFlush = default)
    {
        foreach (var slot in slots) if (slot is not null) WriteText(slot);
        if (!events.HasUnwritten && LoopRules.IsTimeToShowLife(sinceFlush)) events.Busy();
        if (!events.HasUnwritten) return;
        events.Flush();
        lastFlush = Stopwatch.GetTimestamp();
    }
}
