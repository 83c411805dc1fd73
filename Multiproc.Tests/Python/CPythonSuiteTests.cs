using System.Globalization;
using Multiproc.Tests.Connections;

namespace Multiproc.Tests.Python;

/// <summary>CPython's own tests of its managers, unmodified, pointed at our server. docs/python.md lists those that are left out, with the reason.</summary>
public sealed class CPythonSuiteTests : IDisposable
{
    private const string Harness = """
        import faulthandler, unittest
        try:
            import test._test_multiprocessing as T
        except ImportError:
            say('no tests'); sys.exit(0)
        faulthandler.dump_traceback_later(240, exit=True)
        left_out = {
            'WithManagerTestBarrier.test_action': 'the action is a function of Python',
            'WithManagerTestPool.test_wrapped_exception': 'sends a method of the test class to run',
            'TestSyncManagerTypes.test_lock': 'a process ends with a lock, which is given back here',
            'TestSyncManagerTypes.test_bounded_semaphore': 'a process ends with a permit, which is given back here',
            'TestSyncManagerTypes.test_joinable_queue': 'a process ends with items that are not done, which are given back here',
        }
        def without(made):
            made.__module__ = '__main__'
            for name, reason in left_out.items():
                kind, test = name.split('.')
                if kind == made.__name__ and hasattr(made, test):
                    setattr(made, test, unittest.skip('left out: ' + reason)(getattr(made, test)))
            return made
        class Foreign(SyncManager):
            def __init__(self, *arguments, **named):
                super().__init__(address, authkey=key)
            def start(self, *arguments, **named):
                self.connect()
            def shutdown(self):
                pass
            def join(self, timeout=None):
                pass
        class Mixin(T.ManagerMixin):
            @classmethod
            def setUpClass(cls):
                super(T.ManagerMixin, cls).setUpClass()
                cls.manager = Foreign(); cls.manager.connect()
                cls.before = cls.manager._number_of_objects()
            @classmethod
            def tearDownClass(cls):
                import gc
                for child in multiprocessing.active_children():
                    child.join(10)
                for _ in range(100):
                    gc.collect()
                    left = cls.manager._number_of_objects() - cls.before
                    if left <= 0:
                        break
                    time.sleep(0.05)
                assert left <= 0, '%d objects are left: %s' % (left, cls.manager._debug_info())
                super(T.ManagerMixin, cls).tearDownClass()
        T.setUpModule() if hasattr(T, 'setUpModule') else None
        multiprocessing.set_start_method('fork', force=True)
        suite = unittest.TestSuite()
        for kind in ('Queue', 'Lock', 'Semaphore', 'Condition', 'Event', 'Barrier', 'Containers', 'Pool'):
            base = getattr(T, '_Test' + kind)
            name = 'WithManagerTest' + kind
            made = without(type(name, (base, Mixin, unittest.TestCase), {}))
            globals()[name] = made
            suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(made))
        Types = without(type('TestSyncManagerTypes', (T.TestSyncManagerTypes,), {'manager_class': Foreign}))
        suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(Types))
        result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2).run(suite)
        say('ran', result.testsRun, 'failed', len(result.failures) + len(result.errors), 'skipped', len(result.skipped))
        sys.exit(0 if result.wasSuccessful() else 1)
        """;

    private readonly PythonClient _python = new();

    public static TheoryData<string?> Versions => Interpreter.Versions;

    public void Dispose() => _python.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public void OwnTestsOfCPython_PassAgainstOurServer(string? version)
    {
        _python.Server.Register("test._test_multiprocessing.sqr", static (double x, double wait = 0, object? @event = null) => Wait(wait, x * x));
        _python.Server.Register("test._test_multiprocessing.mul", static (int x, int y) => x * y);
        _python.Server.Register("test._test_multiprocessing.identity", static (object? x) => x);
        _python.Server.Register("test._test_multiprocessing.raise_large_valuerror", RaiseLarge);
        _python.Server.Register("builtins.int", static (string digits) => int.Parse(digits, CultureInfo.InvariantCulture));
        _python.Server.Register("time.sleep", static (double seconds) => Wait(seconds, 0));
        var python = _python.Start(version, Harness);
        var output = python.StandardOutput.ReadToEndAsync();
        string errors = python.StandardError.ReadToEnd();
        python.WaitForExit();
        string said = output.Result.Trim();
        Assert.SkipWhen(said == "no tests", "this CPython was installed without its own tests");
        python.ExitCode.ShouldBe(0, $"{said}\n{errors}");
        said.ShouldContain("failed 0 ");
    }

    private static async Task<int> RaiseLarge(double wait)
    {
        await Wait(wait, 0);
        throw new ArgumentException(new string('x', 1 << 20));
    }

    private static async Task<double> Wait(double seconds, double result)
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        return result;
    }
}
