namespace FedAi.LlamaHost;

/// <summary>
/// Brings an answer in JSON to its end when few tokens are left: within a text its quotation mark is preferred, elsewhere the
/// bracket that closes, then the comma that leads to what is still needed. What may be written says the grammar.
/// </summary>
internal sealed class JsonCloser(LoadedModel model)
{
    private const float Decisive = 1000, Better = 500;

    private bool quoted;
    private bool escaped;

    /// <summary>Brackets that are open.</summary>
    public int Levels { get; private set; }

    /// <summary>It changed what the model would have written.</summary>
    public bool CutShort { get; private set; }

    /// <summary>What a token's logit gains.</summary>
    public float Bias(int token) => (model.FirstByte(token), quoted) switch
    {
        ((byte)'"', true) or ((byte)'}' or (byte)']', false) => Decisive,
        ((byte)',', false) => Better,
        _ => 0,
    };

    public void Chosen(int wanted, int taken) => CutShort |= wanted != taken && Bias(taken) > 0;

    /// <summary>The answer goes on with this token.</summary>
    public void Accept(int token)
    {
        foreach (var next in model.BytesOf(token, markers: true))
        {
            if (escaped) escaped = false;
            else if (quoted && next == '\\') escaped = true;
            else if (next == '"') quoted = !quoted;
            else if (!quoted) Levels += next switch { (byte)'{' or (byte)'[' => 1, (byte)'}' or (byte)']' => -1, _ => 0 };
        }
    }
}
