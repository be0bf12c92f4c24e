using System.Globalization;
using System.Text;

namespace FedAi.Runners.Templates;

/// <summary>Cuts a template into tokens. White space goes as transformers sets it: trim_blocks and lstrip_blocks are on, and "-" takes all of it.</summary>
internal sealed class Lexer
{
    private const int MostCharacters = 256 * 1024;

    private static readonly string[] Operators = ["//", "**", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "|", ".", ",", ":", "(", ")", "[", "]", "{", "}"];

    private readonly string source;
    private readonly List<Token> tokens = [];
    private int at;

    /// <summary>What the tag before wants of the text after it: its first newline off, or all white space.</summary>
    private bool trimNewline;
    private bool trimAll;

    private Lexer(string source)
    {
        if (source.Length > MostCharacters) throw new TemplateException("the template is longer than 256 KiB");
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal);
        this.source = source.EndsWith('\n') ? source[..^1] : source;
    }

    public static IReadOnlyList<Token> Read(string source)
    {
        var lexer = new Lexer(source);
        while (lexer.at < lexer.source.Length) lexer.ReadNext();
        lexer.tokens.Add(new(TokenKind.End, ""));
        return lexer.tokens;
    }

    private void ReadNext()
    {
        var tag = at;
        do tag = source.IndexOf('{', tag);
        while (tag >= 0 && !(tag + 1 < source.Length && source[tag + 1] is '{' or '%' or '#') && ++tag > 0);
        var text = source[at..(tag < 0 ? source.Length : tag)];
        if (trimAll) text = text.TrimStart();
        else if (trimNewline && text.StartsWith('\n')) text = text[1..];
        (trimAll, trimNewline) = (false, false);
        if (tag < 0)
        {
            AddText(text);
            at = source.Length;
            return;
        }
        var kind = source[tag + 1];
        at = tag + 2;
        if (At('-')) text = text.TrimEnd();
        else if (kind != '{' && !At('+')) text = StripLine(text, tag);
        if (At('-') || At('+')) at++;
        AddText(text);
        if (kind == '#') ReadComment();
        else ReadTag(kind == '%');
    }

    /// <summary>Spaces between the beginning of a line and a statement are layout of the template.</summary>
    private string StripLine(string text, int tag)
    {
        var stripped = text.TrimEnd(' ', '\t');
        var before = tag - (text.Length - stripped.Length);
        return before == 0 || source[before - 1] == '\n' ? stripped : text;
    }

    private void AddText(string text)
    {
        if (text.Length > 0) tokens.Add(new(TokenKind.Text, text));
    }

    private void ReadComment()
    {
        var end = source.IndexOf("#}", at, StringComparison.Ordinal);
        if (end < 0) throw new TemplateException("a comment is not closed");
        at = end + 2;
        if (source[end - 1] == '-') trimAll = true;
        else trimNewline = true;
    }

    private void ReadTag(bool statement)
    {
        tokens.Add(new(statement ? TokenKind.BeginStatement : TokenKind.BeginExpression, ""));
        for (var open = 0; ;)
        {
            while (at < source.Length && char.IsWhiteSpace(source[at])) at++;
            if (at >= source.Length) throw new TemplateException("a tag is not closed");
            if (open == 0 && IsEnd(statement ? "%}" : "}}"))
            {
                tokens.Add(new(statement ? TokenKind.EndStatement : TokenKind.EndExpression, ""));
                trimNewline = statement && !trimAll && source[at - 3] != '+';
                return;
            }
            var token = ReadToken();
            open += token.Kind != TokenKind.Operator ? 0 : token.Text is "(" or "[" or "{" ? 1 : token.Text is ")" or "]" or "}" ? -1 : 0;
            tokens.Add(token);
        }
    }

    private bool IsEnd(string end)
    {
        var sign = source[at] is '-' or '+' ? 1 : 0;
        if (string.CompareOrdinal(source, at + sign, end, 0, 2) != 0) return false;
        trimAll = source[at] == '-';
        at += sign + 2;
        return true;
    }

    private Token ReadToken()
    {
        var first = source[at];
        if (first is '"' or '\'') return ReadString(first);
        if (char.IsAsciiDigit(first)) return ReadNumber();
        if (char.IsAsciiLetter(first) || first == '_')
        {
            var start = at;
            while (at < source.Length && (char.IsAsciiLetterOrDigit(source[at]) || source[at] == '_')) at++;
            return new(TokenKind.Name, source[start..at]);
        }
        var known = Array.Find(Operators, text => string.CompareOrdinal(source, at, text, 0, text.Length) == 0)
            ?? throw new TemplateException($"the character \"{first}\" has no meaning in a tag");
        at += known.Length;
        return new(TokenKind.Operator, known);
    }

    private Token ReadNumber()
    {
        var start = at;
        while (at < source.Length && char.IsAsciiDigit(source[at])) at++;
        var whole = !(at + 1 < source.Length && source[at] == '.' && char.IsAsciiDigit(source[at + 1]));
        if (!whole) for (at++; at < source.Length && char.IsAsciiDigit(source[at]);) at++;
        if (at < source.Length && (char.IsAsciiLetter(source[at]) || source[at] == '_')) throw new TemplateException("numbers with letters are not supported");
        return new(whole ? TokenKind.Integer : TokenKind.Float, source[start..at]);
    }

    private Token ReadString(char quote)
    {
        var text = new StringBuilder();
        for (at++; ; at++)
        {
            if (at >= source.Length) throw new TemplateException("a string is not closed");
            if (source[at] == quote) break;
            if (source[at] != '\\' || at + 1 >= source.Length) text.Append(source[at]);
            else Escape(text, source[++at]);
        }
        at++;
        return new(TokenKind.String, text.ToString());
    }

    private void Escape(StringBuilder text, char escaped) => _ = escaped switch
    {
        'n' => text.Append('\n'),
        't' => text.Append('\t'),
        'r' => text.Append('\r'),
        'b' => text.Append('\b'),
        'f' => text.Append('\f'),
        '\\' or '"' or '\'' => text.Append(escaped),
        '\n' => text,
        'u' or 'x' => text.Append(Code(escaped == 'u' ? 4 : 2)),
        _ => throw new TemplateException($"the escape \"\\{escaped}\" is not supported"),
    };

    private char Code(int digits)
    {
        if (at + digits >= source.Length || !ushort.TryParse(source.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw new TemplateException("a character's code is no hexadecimal number");
        at += digits;
        return (char)code;
    }

    private bool At(char character) => at < source.Length && source[at] == character;
}
