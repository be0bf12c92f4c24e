namespace FedAi.Runners.Templates;

/// <summary>The tokens of a template, one after another.</summary>
internal sealed class TokenStream(IReadOnlyList<Token> tokens)
{
    private int at;

    public Token Current => tokens[at];

    public Token Following => tokens[Math.Min(at + 1, tokens.Count - 1)];

    public Token Take()
    {
        var token = tokens[at];
        if (at < tokens.Count - 1) at++;
        return token;
    }

    public Token Take(TokenKind kind) =>
        Current.Kind == kind ? Take() : throw new TemplateException($"\"{Current.Text}\" stands where something else belongs");

    public bool TryTake(string text)
    {
        if (!Current.Is(text)) return false;
        Take();
        return true;
    }

    public void Expect(string text)
    {
        if (!TryTake(text)) throw new TemplateException($"\"{text}\" is missing before \"{Current.Text}\"");
    }
}
