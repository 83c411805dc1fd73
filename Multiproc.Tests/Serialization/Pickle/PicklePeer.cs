using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Serialization.Pickle;

/// <summary>One Python process for a whole test class: it pickles the values of expressions, and compares pickles with expressions.</summary>
public sealed class PicklePeer : IDisposable
{
    private const string Script = """
        import sys, struct, pickle, datetime
        from datetime import date, time, timedelta, timezone
        inp, out = sys.stdin.buffer, sys.stdout.buffer
        def read(n):
            data = inp.read(n)
            if len(data) < n: sys.exit(0)
            return data
        def same(a, b):
            if type(a) is not type(b): return False
            if isinstance(a, float): return struct.pack('>d', a) == struct.pack('>d', b) or (a != a and b != b)
            if isinstance(a, complex): return same(a.real, b.real) and same(a.imag, b.imag)
            if isinstance(a, (list, tuple)): return len(a) == len(b) and all(map(same, a, b))
            if isinstance(a, dict): return len(a) == len(b) and all(same(k, l) and same(v, w) for (k, v), (l, w) in zip(a.items(), b.items()))
            if isinstance(a, BaseException): return same(a.args, b.args) and same(a.__dict__, b.__dict__)
            if isinstance(a, datetime.datetime): return a == b and a.utcoffset() == b.utcoffset()
            return a == b
        names = {'datetime': datetime, 'date': date, 'time': time, 'timedelta': timedelta, 'timezone': timezone, 'struct': struct}
        def value(code): return eval(code.decode('ascii'), names)
        while True:
            kind, protocol, n, m = struct.unpack('<cBii', read(10))
            first, second = read(n), read(m)
            try:
                if kind == b'd': answer = pickle.dumps(value(first), protocol)
                elif kind == b'p': answer = pickle.dumps(pickle.loads(first), protocol)
                elif kind == b'x':
                    scope = {'it': pickle.loads(first)}
                    exec(second.decode('ascii'), scope)
                    answer = b''
                else:
                    got, wanted = pickle.loads(second), value(first)
                    if not same(got, wanted): raise AssertionError('got %r, wanted %r' % (got, wanted))
                    answer = b''
                status = 0
            except BaseException as error:
                answer, status = ('%s: %s' % (type(error).__name__, error)).encode('utf-8', 'backslashreplace'), 1
            out.write(struct.pack('<Bi', status, len(answer)) + answer)
            out.flush()
        """;

    private readonly Lock _gate = new();
    private readonly Process? _process;

    public PicklePeer()
        : this(CPython.All.Count > 0 ? CPython.All[0] : null)
    {
    }

    internal PicklePeer(CPython? python) =>
        _process = python is null
            ? null
            : Process.Start(
                new ProcessStartInfo(
                    python.Executable, ["-c", Script]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true });

    /// <summary>The pickle of an expression's value.</summary>
    public byte[] Dump(string expression, int protocol) => Ask('d', protocol, Encoding.ASCII.GetBytes(expression), []);

    /// <summary>A pickle, read and pickled again.</summary>
    public byte[] Repickle(byte[] pickle, int protocol) => Ask('p', protocol, pickle, []);

    /// <summary>Fails unless the pickle is the value of the expression, types and order of dicts included.</summary>
    public void ShouldBe(byte[] pickle, string expression) => Ask('c', 0, Encoding.ASCII.GetBytes(expression), pickle);

    /// <summary>Runs statements about the pickle's value, which is called <c>it</c>.</summary>
    public void Assert(byte[] pickle, string statements) => Ask('x', 0, pickle, Encoding.ASCII.GetBytes(statements));

    public void Dispose()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
            {
                _process.Kill();
            }

            _process.Dispose();
        }
    }

    private byte[] Ask(char kind, int protocol, byte[] first, byte[] second)
    {
        CPython.Required();
        lock (_gate)
        {
            byte[] head = [(byte)kind, (byte)protocol, 0, 0, 0, 0, 0, 0, 0, 0];
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(2), first.Length);
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(6), second.Length);
            var toPython = _process!.StandardInput.BaseStream;
            toPython.Write([.. head, .. first, .. second]);
            toPython.Flush();
            var fromPython = _process.StandardOutput.BaseStream;
            byte[] answerHead = new byte[5];
            fromPython.ReadExactly(answerHead);
            byte[] reply = new byte[BinaryPrimitives.ReadInt32LittleEndian(answerHead.AsSpan(1))];
            fromPython.ReadExactly(reply);
            return answerHead[0] == 0 ? reply : throw new InvalidOperationException($"Python says: {Encoding.UTF8.GetString(reply)}");
        }
    }
}
