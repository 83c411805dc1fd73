using System.Text;

namespace Multiproc.Serialization;

/// <summary>Reports a part that cannot be sent: each level adds its place to the path. Becomes a <see cref="SerializationException"/> at the top.</summary>
internal sealed class UnsendableException(string fault, Exception? cause = null) : Exception(fault, cause)
{
    private const int ShownAtEachEnd = 3;

    private readonly List<string> _path = [];

    // Called by exception filters, which run before any frame is left: catching and rethrowing at each of many levels would overflow the stack.
    public bool At(string place)
    {
        _path.Insert(0, place);
        return false;
    }

    /// <summary>The message for users: what cannot be sent, the path to it, and what to do.</summary>
    public SerializationException ToError(object root)
    {
        // A target and its arguments are wrapped in an object of this library, which means nothing to the user.
        if (root is IEnvelopeOfWork && _path.Count > 0)
        {
            if (_path[0] == "field 'target'")
            {
                _path.RemoveAt(0);
            }
            else if (_path[0].StartsWith("field 'arg", StringComparison.Ordinal))
            {
                _path[0] = $"argument {_path[0]["field 'arg".Length..^1]}";
            }
        }
        else
        {
            _path.Insert(0, TypeNames.Describe(root));
        }

        if (_path is [_, var second, ..] && second.EndsWith(" closure", StringComparison.Ordinal) && root is Delegate)
        {
            _path.RemoveAt(0);
        }

        var text = new StringBuilder("cannot send ");
        text.Append(_path.Count > 0 ? _path[0] : TypeNames.Describe(root));
        text.Append(": ");
        int hidden = _path.Count - 1 - (2 * ShownAtEachEnd);
        for (int i = 1; i < _path.Count; i++)
        {
            if (hidden > 1 && i == 1 + ShownAtEachEnd)
            {
                text.Append($" → … ({hidden} more)");
                i += hidden;
            }

            text.Append(i > 1 ? " → " : "").Append(_path[i]);
        }

        text.Append(_path.Count > 1 ? " " : "it ").Append(Message);
        return InnerException is null ? new SerializationException(text.ToString()) : new SerializationException(text.ToString(), InnerException);
    }
}

/// <summary>Marks the library's own wrappers around a user's target and arguments, which error paths leave out.</summary>
internal interface IEnvelopeOfWork;
