using System.Buffers;

namespace FedAi.LlamaHost;

/// <summary>One request in the loop: how far its prompt is read, what it made so far. Its sequence in the model's memory is its number.</summary>
internal sealed class Slot : IDisposable
{
    private readonly LoadedModel model;
    private readonly SamplerChain sampler;
    private readonly int mostTokens;

    public Slot(LoadedModel model, int sequence, Job job)
    {
        this.model = model;
        Sequence = sequence;
        Id = job.Id;
        Prompt = job.Prompt;
        var settings = job.Settings!;
        sampler = new(model, settings);
        Answer = new(settings.Stop);
        mostTokens = Math.Min(settings.MaxTokens, model.ContextTokens - Prompt.Length);
    }

    public int Sequence { get; }

    public long Id { get; }

    public int[] Prompt { get; }

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
        var token = sampler.Sample(model.Context, OutputIndex);
        if (model.IsEndOfAnswer(token)) return End("stop");
        NextToken = token;
        Made++;
        AddPiece(token);
        return Answer.Stopped ? "stop" : Made >= mostTokens ? End("length") : null;
    }

    public void Dispose()
    {
        sampler.Dispose();
        model.Forget(Sequence);
    }

    private string End(string reason)
    {
        Answer.Finish();
        return reason;
    }

    private void AddPiece(int token)
    {
        Span<byte> piece = stackalloc byte[128];
        var count = model.PieceOf(token, piece);
        if (count >= 0)
        {
            Answer.Add(piece[..count]);
            return;
        }
        var rented = ArrayPool<byte>.Shared.Rent(-count);
        count = model.PieceOf(token, rented);
        Answer.Add(rented.AsSpan(0, count));
        ArrayPool<byte>.Shared.Return(rented);
    }
}
