namespace FedAi.Runners.Templates;

/// <summary>
/// What one rendering may cost. The template comes from a stranger's file, and nothing in it may make this process hang or
/// grow: each step, each level and each character made is counted.
/// </summary>
internal sealed class TemplateBudget
{
    /// <summary>A template of today takes about a hundred steps for one message.</summary>
    private const int MostSteps = 2_000_000;

    private const int MostDepth = 200;

    /// <summary>Sixteen times the largest request; a template copies a message's text a few times.</summary>
    private const long MostCharacters = 64L << 20;

    private int steps;
    private int depth;
    private long characters;

    public void Step(int count = 1)
    {
        if ((steps += count) > MostSteps || steps < 0) throw new TemplateException("the template takes too many steps");
    }

    public void Enter()
    {
        Step();
        if (++depth > MostDepth) throw new TemplateException("the template nests too deep");
    }

    public void Leave() => depth--;

    /// <summary>Text of this length is about to be made.</summary>
    public void Grow(long length)
    {
        if ((characters += length) > MostCharacters) throw new TemplateException("the template makes too much text");
    }
}
