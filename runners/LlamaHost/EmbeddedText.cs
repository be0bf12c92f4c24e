namespace FedAi.LlamaHost;

/// <summary>One text on its way to a vector: how far it is read, and the sum of what its tokens gave.</summary>
internal sealed class EmbeddedText(long jobId, int index, int[] tokens, int dimensions)
{
    public long JobId => jobId;

    public int Index => index;

    public int[] Tokens => tokens;

    public int Read { get; set; }

    /// <summary>Adds what the model says of one token.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < sum.Length; i++) sum[i] += values[i];
    }

    /// <summary>The vector, of length 1; all zeros where the model gave nothing that can be measured.</summary>
    public float[] Normalised()
    {
        var length = Math.Sqrt(sum.Sum(value => (double)value * value));
        return [.. sum.Select(value => length > 0 && double.IsFinite(length) ? (float)(value / length) : 0)];
    }

    private readonly float[] sum = new float[dimensions];
}
