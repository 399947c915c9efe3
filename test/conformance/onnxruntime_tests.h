// Stands in for the test classes of ONNX Runtime: each run of a test is printed as a line of JSON (onnxruntime_runs.py).
#include <cstdint>
#include <cstdio>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace gsl {
template <typename To, typename From>
To narrow_cast(From value) { return static_cast<To>(value); }
}  // namespace gsl

namespace onnxruntime {
namespace test {
using std::string;
using std::vector;

inline string current;
inline vector<std::pair<string, std::function<void()>>> tests;
struct Register {
  Register(const char* name, std::function<void()> run) { tests.emplace_back(name, run); }
};
inline std::unique_ptr<int> DefaultDmlExecutionProvider() { return nullptr; }
inline const char *kTensorrtExecutionProvider = "", *kCudaExecutionProvider = "", *kOpenVINOExecutionProvider = "", *kRocmExecutionProvider = "",
                  *kDnnlExecutionProvider = "", *kDmlExecutionProvider = "", *kQnnExecutionProvider = "", *kNupharExecutionProvider = "",
                  *kNnapiExecutionProvider = "", *kCudaNHWCExecutionProvider = "";

inline string json(float v) { char text[40]; std::snprintf(text, sizeof text, "%.9g", v); return text; }
inline string json(int64_t v) { return std::to_string(v); }
inline string json(int v) { return std::to_string(v); }
inline string json(const string& v) { return '"' + v + '"'; }
inline string json(const char* v) { return json(string(v)); }
template <typename T>
string json(const vector<T>& values) {
  string text;
  for (const T& v : values) text += (text.empty() ? "" : ",") + json(v);
  return '[' + text + ']';
}

class OpTester {
 public:
  enum class ExpectResult { kExpectSuccess, kExpectFailure };
  explicit OpTester(const char* op, int opset = 7) : op_(op), opset_(opset) {}
  void AddShapeToTensorData() {}
  void SetOutputTolerance(float) {}
  void SetOutputAbsErr(const char*, float) {}
  template <typename T>
  void AddAttribute(const string& name, const T& value) { add(attributes_, json(name) + ':' + json(value)); }
  template <typename T>
  void AddInput(const char* name, const vector<int64_t>& dims, const vector<T>& values, bool = false) { add(inputs_, tensor(name, dims, values)); }
  template <typename T>
  void AddOutput(const char* name, const vector<int64_t>& dims, const vector<T>& values) { add(outputs_, tensor(name, dims, values)); }
  template <typename T>
  void AddOptionalInputEdge() { add(inputs_, "null"); }
  template <typename T>
  void AddOptionalOutputEdge() { add(outputs_, "null"); }
  void Run(ExpectResult result = ExpectResult::kExpectSuccess, const string& = "", const std::set<string>& = {}) {
    std::cout << "{\"test\":" << json(current) << ",\"op\":" << json(op_) << ",\"opset\":" << opset_ << ",\"attributes\":{" << attributes_ << "},\"inputs\":[" << inputs_
              << "],\"outputs\":[" << outputs_ << "],\"fails\":" << (result == ExpectResult::kExpectFailure ? "true" : "false") << "}\n";
  }

 private:
  template <typename T>
  static string tensor(const char* name, const vector<int64_t>& dims, const vector<T>& values) {
    return "{\"name\":" + json(name) + ",\"dims\":" + json(dims) + ",\"values\":" + json(values) + '}';
  }
  static void add(string& list, const string& item) { list += (list.empty() ? "" : ",") + item; }
  string op_, attributes_, inputs_, outputs_;
  int opset_;
};
}  // namespace test
}  // namespace onnxruntime
using namespace std;

#define TEST(group, name)                                                                                             \
  static void group##_##name();                                                                                       \
  static onnxruntime::test::Register registered_##group##_##name(#group "." #name, group##_##name);                   \
  static void group##_##name()
#define GTEST_SKIP() return; std::cerr

int main() {
  for (auto& [name, run] : onnxruntime::test::tests) {
    onnxruntime::test::current = name;
    run();
  }
}
