using System.Buffers;
using System.Diagnostics;

namespace FedAi.LlamaHost;

/// <summary>One request in the loop: how far its prompt is read, what it made so far. Its sequence in the model's memory is its number.</summary>
internal sealed class Slot : IDisposable
{
    /// <summary>Choosing one token by a grammar takes milliseconds; what takes longer than a step may is made to.</summary>
    private static readonly TimeSpan SlowestChoice = TimeSpan.FromMilliseconds(500);

    private readonly List<int> written = [];

    private readonly LoadedModel model;
    private readonly SamplerChain sampler;
    private readonly int mostTokens;
    private readonly bool hasGrammar;
    private readonly bool markers;

    public Slot(LoadedModel model, int sequence, Job job, int cached)
    {
        this.model = model;
        Sequence = sequence;
        Id = job.Id;
        Prompt = job.Prompt;
        PromptRead = Cached = cached;
        var settings = job.Settings!;
        sampler = new(model, settings, job.Grammar);
        hasGrammar = job.Grammar is not null;
        markers = settings.Markers;
        CacheKey = settings.CacheKey;
        Answer = new(settings.Stop);
        mostTokens = Math.Min(settings.MaxTokens, model.ContextTokens - Prompt.Length);
    }

    public int Sequence { get; }

    public long Id { get; }

    public int[] Prompt { get; }

    /// <summary>Tokens of the prompt that the sequence remembered from before.</summary>
    public int Cached { get; }

    /// <summary>Who else may use what the sequence remembers; null: nobody.</summary>
    public string? CacheKey { get; }

    /// <summary>What the sequence holds now.</summary>
    public int[] Remembered => [.. Prompt.AsSpan(0, PromptRead), .. written];

    /// <summary>The last token took so long to choose that others wait for it.</summary>
    public bool TooSlow { get; private set; }

    /// <summary>What the model computed for the first token is no number: its weights are damaged, and all it would write is noise.</summary>
    public bool ComputesNoNumbers { get; private set; }

    /// <summary>Tokens of the prompt that the model has read.</summary>
    public int PromptRead { get; set; }

    public bool ReadsPrompt => PromptRead < Prompt.Length;

    /// <summary>The token made last; it goes into the next step.</summary>
    public int NextToken { get; private set; }

    /// <summary>Where it goes.</summary>
    public int NextPosition => Prompt.Length + Made - 1;

    /// <summary>Tokens made so far.</summary>
    public int Made { get; private set; }

    public AnswerText Answer { get; }

    /// <summary>Prompt tokens of this request in the step that is being put together.</summary>
    public int Share { get; set; }

    /// <summary>Where in the last batch this request's next token is predicted; -1: nowhere, the prompt goes on.</summary>
    public int OutputIndex { get; set; } = -1;

    /// <summary>Makes one token from the last step; the finish reason, or null while the answer goes on.</summary>
    public string? Advance()
    {
        if (Made > 0) written.Add(NextToken);
        var began = hasGrammar ? Stopwatch.GetTimestamp() : 0;
        var sampled = sampler.Sample(model.Context, OutputIndex, mostTokens - Made);
        if (Made == 0) ComputesNoNumbers = sampled is { } first && !model.HasNumber(OutputIndex, first);
        if (sampled is not { } token || model.IsEndOfAnswer(token)) return End(sampler.CutShort ? "length" : "stop");
        TooSlow = hasGrammar && Stopwatch.GetElapsedTime(began) > SlowestChoice;
        NextToken = token;
        Made++;
        AddPiece(token);
        return Answer.Stopped ? "stop" : Made >= mostTokens ? End("length") : null;
    }

    public void Dispose() => sampler.Dispose();

    private string End(string reason)
    {
        Answer.Finish();
        return reason;
    }

    private void AddPiece(int token)
    {
        Span<byte> piece = stackalloc byte[128];
        var count = model.PieceOf(token, piece, markers);
        if (count >= 0)
        {
            Answer.Add(piece[..count]);
            return;
        }
        var rented = ArrayPool<byte>.Shared.Rent(-count);
        count = model.PieceOf(token, rented, markers);
        Answer.Add(rented.AsSpan(0, count));
        ArrayPool<byte>.Shared.Return(rented);
    }
}
