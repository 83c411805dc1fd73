namespace Multiproc.Tests.Specifications.Bounds;

/// <summary>Methods with spans, which reflection cannot call.</summary>
internal static class SpanCalls
{
    private static readonly byte[] s_key = [1, 2, 3];

    public static Func<Subject, TimeSpan?, CancellationToken, object?>? Find(string key) => key switch
    {
        "Connection.RecvBytesInto(Span buffer, Int32 offset, timeout, cancellation)" =>
            static (subject, timeout, token) => Of(subject).RecvBytesInto(new byte[100], 0, timeout, token),
        "Connection.RecvBytesInto(Span buffer, Int64 offset, timeout, cancellation)" =>
            static (subject, timeout, token) => Of(subject).RecvBytesInto<byte>(new byte[100], 0L, timeout, token),
        "Connection.SendBytes(ReadOnlySpan buffer, Int64 offset, Nullable size, cancellation)" =>
            static (subject, _, token) => Done(() => Of(subject).SendBytes<byte>(s_key, cancellation: token)),
        "Authentication.DeliverChallenge(Connection connection, ReadOnlySpan authKey, Boolean allowMd5, cancellation)" =>
            static (subject, _, token) => Done(() => Authentication.DeliverChallenge(Of(subject), s_key, cancellation: token)),
        "Authentication.AnswerChallenge(Connection connection, ReadOnlySpan authKey, cancellation)" =>
            static (subject, _, token) => Done(() => Authentication.AnswerChallenge(Of(subject), s_key, token)),
        _ => null,
    };

    private static Connection Of(Subject subject) => (Connection)subject.Instance!;

    private static object? Done(Action call)
    {
        call();
        return null;
    }
}
