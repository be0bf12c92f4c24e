namespace FedAi.Runners.Templates;

/// <summary>A piece of a template; strings are without their quotation marks and escapes.</summary>
internal readonly record struct Token(TokenKind Kind, string Text)
{
    public bool Is(string text) => Kind is TokenKind.Name or TokenKind.Operator && Text == text;
}
